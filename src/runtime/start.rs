//! From the command line to the loop: all refusals happen on the normal screen, before the first frame.

use std::collections::BTreeMap;
use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::cache_start::{self, CacheStart};
use super::console::{self, WRONG, config_faults, print, put, refuse, say};
use super::exit::REFUSED;
use super::session::is_final;
use super::{ExitReason, OpenApi, RunDisk, SystemClock, commands, journal_session, limits, log, panics, terminal};
use crate::app::{self, App, ConfigFile, ConfigFiles, Event, Layer};
use crate::cli::{self, SimulateArgs, Verb, WebhookArgs};
use crate::config::{self, Account, Config, Flags, ThemeChoice};
use crate::domain::{CleanText, Failure, I18n, Lang, Operator, PersonId, PersonIdType, TaskPage, clean_line};
use crate::feishu::{self, Client};
use crate::keys::Keymap;
use crate::sim::demo::Actors;
use crate::sim::faults::{Fault, FaultKind, Faults};
use crate::sim::http::{EventAnnouncer, EventOptions, RateLimits, ServeOptions, Webhook};
use crate::sim::world::World;
use crate::sim::{StandaloneOptions, TOKEN_LIFE};
use crate::store::JournalError;
use crate::text::failure::explain;
use crate::text::start::Start;
use crate::text::{Localizer, Sentence, fault_problem};
use crate::view::{ColorDepth, Theme};
use crate::{sim, view};

/// How long the check before the first screen may take.
const BEFORE_THE_SCREEN: Duration = Duration::from_secs(10);
/// A longer start says what it is waiting for.
const MOMENT: Duration = Duration::from_millis(500);

/// Runs the program as the command line says. Returns its exit code.
pub fn main(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> ExitCode {
    panics::install_hook();
    let clock = SystemClock::start();
    let arguments: Vec<_> = arguments.into_iter().collect();
    // Variables that are not Unicode are not the program's.
    let variables: BTreeMap<String, String> = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let lang = config::early_lang(cli::early_lang(&arguments), &variables);
    let code = match cli::parse(arguments, lang) {
        Err(stop) if stop.asked_for => print(&stop.words, lang),
        Err(stop) => refuse(stop.words.trim_end()),
        Ok(cli) if cli.print_config => print(config::EXPLAINED, lang),
        Ok(cli) => {
            let flags = Flags::from(cli.choices);
            protect(cli.task.as_ref(), lang);
            match cli.task {
                None => with_config(&flags, &variables, true, |setup| inbox(setup, clock)),
                Some(Verb::Demo { organisation, still }) => {
                    with_config(&flags, &variables, false, |setup| demo(setup, &organisation, still, clock))
                }
                Some(Verb::Simulate { port, organisation, webhook }) => simulate(port, &organisation, webhook, lang),
                Some(Verb::Cache { task }) => commands::cache::run(task, &flags, &variables),
                Some(Verb::Journal(asked)) => commands::journal::run(&asked, &flags, &variables, clock.now().wall),
            }
        }
    };
    ExitCode::from(code)
}

/// Protects the secret from other users before it is read. The demo and the simulator have none.
fn protect(task: Option<&Verb>, lang: Lang) {
    let secret = matches!(task, None | Some(Verb::Journal(_)));
    let tracing = || if secret { limits::refuse_tracing() } else { Ok(()) };
    if let Err(error) = limits::refuse_core_dumps().and_then(|()| tracing()) {
        say(&Start::Unprotected { why: &error.to_string() }.say(lang));
    }
}

/// Common start of both inboxes.
struct Setup {
    config: Config,
    keymap: Keymap,
    theme: Theme,
    downloads: PathBuf,
}

/// Reads configuration and key map, and refuses both with all their faults.
fn with_config(
    flags: &Flags,
    variables: &BTreeMap<String, String>,
    needs_account: bool,
    run: impl FnOnce(Setup) -> u8,
) -> u8 {
    let loaded = config::load(flags, variables, needs_account);
    let (lang, source, theme) = match &loaded {
        Ok(config) => (config.lang, config.keymap.as_ref(), &config.theme),
        Err(refusal) => (refusal.lang, refusal.keymap.as_ref(), &*refusal.theme),
    };
    let keymap = match source {
        Some((file, text)) => Keymap::with_overrides(text).map_err(|faults| keymap_faults(file, &faults, lang)),
        None => Ok(Keymap::standard()),
    };
    let ascii = loaded.as_ref().is_ok_and(|config| config.ascii);
    let theme = chosen_theme(theme, colors(variables), ascii, lang);
    let refused = loaded.as_ref().err().map(|refusal| config_faults(refusal, lang));
    let (Ok(config), Ok(keymap), Ok(theme)) = (loaded, &keymap, theme.as_ref()) else {
        let faults = refused.into_iter().chain(keymap.err()).chain(theme.err());
        return refuse(&faults.collect::<Vec<_>>().join("\n"));
    };
    if !console::is_terminal() {
        return refuse(&Start::NotATerminal.say(lang));
    }
    if let Err(shortage) = limits::check() {
        return refuse(&short_of(&shortage, lang));
    }
    run(Setup { config, keymap: keymap.clone(), theme: theme.clone(), downloads: downloads(variables) })
}

fn chosen_theme(choice: &ThemeChoice, depth: ColorDepth, ascii: bool, lang: Lang) -> Result<Theme, String> {
    match choice {
        ThemeChoice::BuiltIn(name) => Ok(Theme::built_in(*name, depth, ascii)),
        ThemeChoice::File(file, text) => Theme::with_overrides(text, depth, ascii).map_err(|faults| {
            let faults = faults.iter().map(|error| format!("  {}", error.fault.sentence(error.line, lang)));
            std::iter::once(Start::ThemeFaults { file }.say(lang)).chain(faults).collect::<Vec<_>>().join("\n")
        }),
    }
}

fn short_of(shortage: &limits::Shortage, lang: Lang) -> String {
    match shortage {
        limits::Shortage::Files(error) => Start::TooFewFiles { why: &error.to_string() }.say(lang),
        limits::Shortage::Threads(error) => Start::TooFewThreads { why: &error.to_string() }.say(lang),
        limits::Shortage::Memory => Start::TooLittleMemory.say(lang),
    }
}

fn keymap_faults(file: &Path, faults: &[crate::keys::KeymapError], lang: Lang) -> String {
    let keymap = Keymap::standard();
    let zone = jiff::tz::TimeZone::UTC;
    let now = crate::domain::Millis(0);
    let localizer = Localizer { lang, keymap: &keymap, zone: &zone, now, layers: &[], simulated: false };
    let mut lines = vec![Start::KeymapFaults { file }.say(lang)];
    lines.extend(
        faults
            .iter()
            .map(|fault| localizer.say(&Sentence::KeymapFault { line: fault.line, kind: &fault.kind }))
            .map(|fault| format!("  {}", clean_line(&fault))),
    );
    lines.join("\n")
}

/// The real queue.
fn inbox(setup: Setup, clock: SystemClock) -> u8 {
    let lang = setup.config.lang;
    let Some(Account { base_url, app_id, app_secret, operator }) = &setup.config.account else {
        return WRONG;
    };
    let place = setup.config.place.clone().or_else(|| base_url.host_str().map(str::to_owned)).unwrap_or_default();
    // A run that decides nothing needs no log, and reading the queue is all that is left where none can be written.
    if let Err(error) = log::begin(&setup.config.state_dir)
        && !setup.config.read_only
    {
        return refuse(&Start::NoLog { folder: &setup.config.state_dir, why: &error.to_string() }.say(lang));
    }
    tracing::info!(app_id, operator = operator.id.as_str(), host = base_url.host_str(), "started");
    let now = clock.now().wall;
    let Config { state_dir, read_only, .. } = &setup.config;
    let no_journal =
        |error: &io::Error, folder: &Path| refuse(&Start::NoJournal { folder, why: &error.to_string() }.say(lang));
    let claimed = match journal_session::claim(state_dir, base_url.as_str(), operator, *read_only, now) {
        Ok(claimed) => claimed,
        Err(error) => return no_journal(&error, state_dir),
    };
    let identity =
        Start::Identity { place: &place, app_id, operator, read_only: *read_only || claimed.holder.is_some() }
            .say(lang);
    if put(&format!("{identity}\n")).is_err() {
        return ExitReason::Signal(1).exit_code();
    }
    let mut settings = feishu::ClientSettings::new(
        base_url.as_str().trim_end_matches('/').to_owned(),
        app_id.clone(),
        app_secret.clone(),
        operator.clone(),
    );
    settings.live = setup.config.live;
    let client = match Client::new(settings) {
        Ok(client) => client,
        Err(error) => return refuse(&Start::NoClient { why: &error.to_string() }.say(lang)),
    };
    let operator = operator.clone();
    let cache = cache(&setup, claimed.may_write(), clock);
    in_runtime(lang, async move {
        let warm = cache.opened.as_ref().is_some_and(|cache| cache.restored.recent);
        // The list of the last run is on screen meanwhile, and a refusal takes it away.
        let first = if warm { None } else { first_page(&client, &place, lang).await };
        if let Some(Err(failure)) = &first
            && is_final(failure)
        {
            tracing::warn!(code = failure.code, log_id = ?failure.log_id, "refused at the start");
            say(&refusal(failure, lang));
            return Ok(REFUSED);
        }
        let opening = tokio::task::spawn_blocking(move || claimed.open(clock.now().wall));
        let opened = patiently(opening, || tell(&Start::ReadingJournal.say(lang))).await;
        let journal = match opened.map_err(|error| io::Error::from(error).into()).flatten() {
            Ok(journal) => journal,
            Err(JournalError::Newer) => return Ok(refuse(&Start::NewerJournal.say(lang))),
            Err(JournalError::Io(error)) => return Ok(no_journal(&error, &setup.config.state_dir)),
        };
        let place = CleanText::new(&place);
        let tenant = Tenant { client, operator, place, faults: None };
        Box::pin(run(setup, tenant, journal, cache, Event::Started { first }, clock)).await
    })
}

/// The cache of this operator, if there may be one.
fn cache(setup: &Setup, writes: bool, clock: SystemClock) -> CacheStart {
    let Config { account, state_dir, cache, lang, .. } = &setup.config;
    let Some(account) = account else { return CacheStart::default() };
    let cache = cache_start::open(state_dir, account, *cache, writes, clock);
    if let Some(problem) = &cache.problem {
        tracing::warn!(?problem, "the cache is not used");
        say(&Start::NoCache { problem }.say(*lang));
    }
    cache
}

/// The check before the first screen: token and first page. `None`: the network is silent, which is met inside, where a
/// key can at least end the program.
async fn first_page(client: &Client, place: &str, lang: Lang) -> Option<Result<TaskPage, Failure>> {
    let first = async {
        client.authenticate().await?;
        client.tasks(None).await
    };
    let first = tokio::time::timeout(BEFORE_THE_SCREEN, first);
    patiently(first, || tell(&Start::Connecting { place }.say(lang))).await.ok()
}

/// The whole inbox on an organisation inside this process.
fn demo(mut setup: Setup, organisation: &SimulateArgs, still: bool, clock: SystemClock) -> u8 {
    let lang = setup.config.lang;
    if setup.config.canned_reasons.is_empty() {
        setup.config.canned_reasons = sim::demo::reasons(lang);
    }
    let faults = match faults(organisation, lang) {
        Ok(faults) => faults,
        Err(words) => return refuse(&words),
    };
    let SimulateArgs { tasks, seed, oversized, .. } = *organisation;
    let rate_limits = rate_limits(organisation);
    in_runtime(lang, async move {
        let mut organisation = sim::demo::organisation_in(lang, seed, tasks, clock.now().wall);
        if oversized {
            sim::demo::add_oversized(&mut organisation.world, organisation.operator.key, clock.now().wall)
                .map_err(|refusal| io::Error::other(format!("{refusal:?}")))?;
        }
        let world = Arc::new(Mutex::new(organisation.world));
        let options = ServeOptions {
            port: 0,
            seed,
            rate_limits,
            token_life: TOKEN_LIFE,
            faults,
            clock: Arc::new(move || clock.now().wall),
            app_id: organisation.app_id.clone(),
            app_secret: organisation.app_secret.expose_secret().to_owned(),
            events: EventOptions::default(),
        };
        // Held until the end: the server ends with it.
        let server = sim::http::serve(Arc::clone(&world), options).await?;
        if !still {
            tokio::spawn(live(organisation.actors, world, clock, server.announcer()));
        }
        let sim::demo::DemoOperator { ids, name, .. } = organisation.operator;
        let operator = Operator {
            id: PersonId::new(ids.open_id),
            id_type: PersonIdType::OpenId,
            name: I18n { zh: CleanText::new(&name.zh), en: CleanText::new(&name.en) },
        };
        let mut settings = feishu::ClientSettings::new(
            server.base_url(),
            organisation.app_id,
            organisation.app_secret,
            operator.clone(),
        );
        // For measuring with everything loaded.
        settings.own_budget = rate_limits != RateLimits::Off;
        let client = match Client::new(settings) {
            Ok(client) => client,
            Err(error) => return Ok(refuse(&Start::NoClient { why: &error.to_string() }.say(lang))),
        };
        let place = match lang {
            Lang::Zh => organisation.company.zh,
            Lang::En => organisation.company.en,
        };
        let journal = journal_session::in_memory(clock.now().wall)?;
        let first = Event::Started { first: None };
        let faults = Some(server.faults().clone());
        let tenant = Tenant { client, operator, place: CleanText::new(&place), faults };
        Box::pin(run(setup, tenant, journal, CacheStart::default(), first, clock)).await
    })
}

/// The simulated platform alone, until it is told to end.
fn simulate(port: u16, organisation: &SimulateArgs, webhook: WebhookArgs, lang: Lang) -> u8 {
    let faults = match faults(organisation, lang) {
        Ok(faults) => faults,
        Err(words) => return refuse(&words),
    };
    if let Err(shortage) = limits::check() {
        return refuse(&short_of(&shortage, lang));
    }
    let WebhookArgs { webhook, encrypt_key, verification_token } = webhook;
    let webhook = match webhook.map(|url| Webhook::new(&url, encrypt_key)).transpose() {
        Ok(webhook) => webhook,
        Err(error) => return refuse(&Start::NoServer { why: &error.to_string() }.say(lang)),
    };
    let SimulateArgs { tasks, seed, oversized, .. } = *organisation;
    let rate_limits = rate_limits(organisation);
    let options = StandaloneOptions { port, seed, tasks, faults, rate_limits, oversized, webhook, verification_token };
    in_runtime(lang, async move {
        Ok(match sim::run_alone(options, put).await {
            Ok(()) => 0,
            Err(error) => refuse(&Start::NoServer { why: &error.to_string() }.say(lang)),
        })
    })
}

const fn rate_limits(organisation: &SimulateArgs) -> RateLimits {
    if organisation.no_limits { RateLimits::Off } else { RateLimits::Scaled(1.0) }
}

/// Lets the other people act when their time has come.
async fn live(mut actors: Actors, world: Arc<Mutex<World>>, clock: SystemClock, announcer: EventAnnouncer) {
    loop {
        let now = clock.now().wall;
        let next = actors.next(&mut world.lock().unwrap_or_else(PoisonError::into_inner), now);
        announcer.announce();
        let pause = u64::try_from(next - now).unwrap_or_default().max(1);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

fn faults(organisation: &SimulateArgs, lang: Lang) -> Result<Vec<Fault>, String> {
    organisation
        .fault
        .iter()
        .map(|written| {
            written.parse().map_err(|why: sim::faults::FaultError| {
                let why = fault_problem(&super::faults::problem(why), lang);
                Start::UnknownFault { written, why: &why }.say(lang)
            })
        })
        .collect()
}

fn refusal(failure: &Failure, lang: Lang) -> String {
    let explained = explain(failure, lang);
    let mut lines = vec![explained.happened, explained.meaning, explained.press];
    lines.retain(|line| !line.is_empty());
    match (&failure.log_id, failure.code) {
        (Some(log_id), code) => lines.push(Start::LogId { code, log_id: log_id.as_str() }.say(lang)),
        (None, Some(code)) => lines.push(Start::Code { code }.say(lang)),
        (None, None) => {}
    }
    lines.join("\n")
}

/// Tenant and platform of the inbox.
struct Tenant {
    client: Client,
    operator: Operator,
    /// Its name in the header.
    place: CleanText,
    /// Of the simulated organisation; `None` on the real platform.
    faults: Option<Faults>,
}

/// Draws and decides until the end.
async fn run(
    setup: Setup,
    tenant: Tenant,
    journal: journal_session::Opened,
    cache: CacheStart,
    first: Event,
    clock: SystemClock,
) -> io::Result<u8> {
    let Setup { config, keymap, theme, downloads } = setup;
    let Tenant { client, operator, place, faults } = tenant;
    let size = terminal::size();
    let files = files_of(&config);
    let settings = app::Settings {
        operator,
        lang: config.lang,
        undo: config.undo,
        read_only: config.read_only || journal.holder.is_some(),
        holder: journal.holder.clone(),
        run: journal.run.clone(),
        canned: config.canned_reasons,
        place,
        wording: crate::text::row::words,
        zone: config.zone,
        faults: faults.as_ref().map(|_| FaultKind::NAMES),
    };
    let CacheStart { opened, problem } = cache;
    let (cache, restored) = opened.map(|opened| (opened.handle, opened.restored)).unzip();
    let platform = OpenApi::new(client, settings.read_only, downloads, faults).with_cache(cache.clone());
    let paint = move |frame: &mut ratatui::Frame, app: &App, keymap: &Keymap| view::draw(frame, app, keymap, &theme);
    let mut app = App::new(settings, size.width, size.height, clock.now());
    app.files = files;
    // The lock is held until the last answer is in the journal.
    let (journal, recovered, _lock) = journal.into_parts();
    let restored = restored.map(|restored| Event::Restored(Box::new(restored)));
    // Before the journal: its notices matter more, and the newest is on the line.
    let unused = problem.map(Event::CacheUnused).into_iter();
    let events = unused.chain([Event::Recovered(Box::new(recovered))]).chain(restored).chain([first]);
    let disk = RunDisk { journal, cache };
    let (ending, app) = Box::pin(super::run(app, keymap.clone(), paint, platform, disk, events, clock)).await?;
    match (ending, &app.inbox.failure) {
        (ExitReason::Quit, _) => part(&app, &keymap),
        (ExitReason::Refused, Some(failure)) => say(&refusal(failure, app.settings.lang)),
        _ => {}
    }
    Ok(ending.exit_code())
}

/// The user's files, for the help page. A key map that is not named stands beside the configuration.
fn files_of(config: &Config) -> ConfigFiles {
    let file = |path: &Path, exists| ConfigFile { path: CleanText::new(&path.to_string_lossy()), exists };
    let keymap = match &config.keymap {
        Some((path, _)) => file(path, true),
        None => file(&config.file.with_file_name("keymap.toml"), false),
    };
    ConfigFiles { config: file(&config.file, config.file.is_file()), keymap }
}

/// Prints what happened to decisions while the user was quitting.
fn part(app: &App, keymap: &Keymap) {
    let settings = &app.settings;
    // The keys in its sentences are those of the next run.
    let localizer = Localizer {
        lang: settings.lang,
        keymap,
        zone: &settings.zone,
        now: app.now.wall,
        layers: Layer::LIST,
        simulated: settings.is_simulated(),
    };
    let lines = app.exit_messages().iter().map(|notice| {
        let said = localizer.parting(notice);
        [Some(said.text), said.reference].into_iter().flatten().collect::<Vec<_>>().join(" ") + "\n"
    });
    // The terminal may be gone by now; the next start then tells it.
    let _ = put(&lines.collect::<String>());
}

/// Runs on a runtime of its own. No running task delays the end.
fn in_runtime(lang: Lang, work: impl Future<Output = io::Result<u8>>) -> u8 {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.and_then(|runtime| {
        let ended = runtime.block_on(work);
        runtime.shutdown_timeout(Duration::ZERO);
        ended
    });
    ended.unwrap_or_else(|error| refuse(&Start::TerminalFailed { why: &error.to_string() }.say(lang)))
}

/// How many colors the environment grants. `NO_COLOR` counts when it is not empty (no-color.org).
fn colors(variables: &BTreeMap<String, String>) -> ColorDepth {
    let value = |name: &str| variables.get(name).map(String::as_str).unwrap_or_default();
    let term = value("TERM");
    if !value("NO_COLOR").is_empty() || matches!(term, "" | "dumb") || term.starts_with("vt") {
        ColorDepth::Mono
    } else if term.contains("256color") || !value("COLORTERM").is_empty() {
        ColorDepth::Indexed
    } else {
        ColorDepth::Ansi
    }
}

/// Where attachments go: the folder for downloads, or the one that the program was started in.
fn downloads(variables: &BTreeMap<String, String>) -> PathBuf {
    let named = variables.get("XDG_DOWNLOAD_DIR").map(PathBuf::from);
    let usual = variables.get("HOME").map(|home| Path::new(home).join("Downloads"));
    named.into_iter().chain(usual).find(|folder| folder.is_dir()).unwrap_or_else(|| PathBuf::from("."))
}

/// Waits for the work, and calls `tell` once it takes longer than [`MOMENT`].
async fn patiently<T>(work: impl Future<Output = T>, tell: impl FnOnce()) -> T {
    let mut work = std::pin::pin!(work);
    if let Ok(done) = tokio::time::timeout(MOMENT, &mut work).await {
        return done;
    }
    tell();
    work.await
}

/// Writes a line to the normal screen. That the terminal is gone is found out where it is taken.
fn tell(words: &str) {
    let _ = put(&format!("{words}\n"));
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MOMENT, patiently};

    #[tokio::test(start_paused = true)]
    async fn only_what_takes_longer_than_a_moment_is_told() {
        for (takes, wanted) in [(Duration::ZERO, false), (MOMENT / 2, false), (MOMENT * 2, true)] {
            let mut told = false;
            patiently(tokio::time::sleep(takes), || told = true).await;
            assert_eq!(told, wanted, "{takes:?}");
        }
    }
}
