//! The simulated platform on its own, for any client to talk to: says how to reach it and serves until it is stopped.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::domain::Millis;

use super::demo::{self, DemoOperator};
use super::faults::Fault;
use super::http::{EventOptions, Handle, RateLimits, ServeOptions, ServerClock, Webhook, serve_controlled};

/// The platform's own life of a token.
pub const TOKEN_LIFE: Duration = Duration::from_secs(7200);

/// Options of `shenpi simulate`.
#[derive(Clone, Debug)]
pub struct StandaloneOptions {
    /// 0 takes a free port.
    pub port: u16,
    pub seed: u64,
    /// Pending tasks of the operator.
    pub tasks: usize,
    pub faults: Vec<Fault>,
    pub rate_limits: RateLimits,
    /// Adds the request of [`demo::add_oversized`].
    pub oversized: bool,
    /// Where events are posted to, if not over the long connection.
    pub webhook: Option<Webhook>,
    /// A usual one without.
    pub verification_token: Option<String>,
}

/// `header.token` of webhooks unless another is chosen.
const VERIFICATION_TOKEN: &str = "simulated-verification-token";

/// The system's clock, for servers that people talk to.
#[must_use]
pub fn wall_clock() -> ServerClock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    })
}

/// Prints the access data of the simulated platform, one `key = value` a line, and serves until ctrl-c or SIGTERM.
///
/// # Errors
/// The port is taken, or printing fails.
pub async fn run_alone(options: StandaloneOptions, print: impl FnOnce(&str) -> io::Result<()>) -> io::Result<()> {
    let clock = wall_clock();
    let organisation = demo::organisation(options.seed, options.tasks, clock());
    let operator = organisation.operator;
    let mut organised = organisation.world;
    if options.oversized {
        demo::add_oversized(&mut organised, operator.key, clock())
            .map_err(|refusal| io::Error::other(format!("{refusal:?}")))?;
    }
    let world = Arc::new(Mutex::new(organised));
    let secret = organisation.app_secret;
    let mut actors = organisation.actors;
    let token = options.verification_token.unwrap_or_else(|| VERIFICATION_TOKEN.to_owned());
    // Caught before the address is printed: its reader may stop the server at once.
    let mut terminated = signal(SignalKind::terminate()).map_err(|why| about("cannot listen for SIGTERM", &why))?;
    let handle = serve_controlled(
        world.clone(),
        ServeOptions {
            port: options.port,
            seed: options.seed,
            rate_limits: options.rate_limits,
            token_life: TOKEN_LIFE,
            faults: options.faults,
            clock: clock.clone(),
            app_id: organisation.app_id.clone(),
            app_secret: secret.expose_secret().to_owned(),
            events: EventOptions {
                webhook: options.webhook.clone(),
                verification_token: token.clone(),
                ..EventOptions::default()
            },
        },
    )
    .await
    .map_err(|why| about(&format!("cannot listen on 127.0.0.1:{}", options.port), &why))?;
    if let Some(webhook) = &options.webhook {
        webhook.verify(&token, u128::from(options.seed)).await.map_err(|why| about("cannot use the webhook", &why))?;
    }
    let announcer = handle.announcer();
    // At once: a reader may close its end after the lines that it wants.
    let introduction = introduction(&handle, &organisation.app_id, secret.expose_secret(), &operator);
    print(&introduction).map_err(|why| about("cannot print the address", &why))?;
    loop {
        let now = clock();
        let due = actors.next(&mut world.lock().unwrap_or_else(PoisonError::into_inner), now);
        announcer.announce();
        let pause = Duration::from_millis(u64::try_from(due - now).unwrap_or_default());
        tokio::select! {
            _ = tokio::signal::ctrl_c() => break,
            _ = terminated.recv() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    handle.shutdown();
    Ok(())
}

fn about(what: &str, why: &io::Error) -> io::Error {
    io::Error::new(why.kind(), format!("{what}: {why}"))
}

/// A configuration file for this server. The secret opens nothing else, so it may be printed.
fn introduction(handle: &Handle, app_id: &str, app_secret: &str, operator: &DemoOperator) -> String {
    let ids = &operator.ids;
    format!(
        "base_url = \"{}\"\napp_id = \"{app_id}\"\napp_secret = \"{app_secret}\"\noperator_id = \"{}\"\n\
         operator_id_type = \"open_id\"\n# control_url = \"{}\"\n",
        handle.base_url(),
        ids.open_id,
        handle.control_url(),
    )
}
