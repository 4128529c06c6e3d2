use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use tempfile::TempDir;

use super::{Cache, CacheBounds, DAY, Owner, clear, clear_all, schema, seal};
use crate::domain::{
    ApproverId, CacheProblem, CacheWrite, CachedContent, CachedList, CachedRow, CleanText, CompleteList, I18n, Millis,
    Names, Person, PersonId, ProcessId, Properties, RowProjection, Seen, SeenStamps, Stamp, TaskKey,
};

const OWNER: Owner<'_> = Owner { app_id: "cli_1", app_secret: "s3cret", whose: "open.feishu.cn ou_1" };
const BOUNDS: CacheBounds = CacheBounds { days: 7, bytes: 64 << 20, sensitive: false };
const NOW: Millis = Millis(1_800_000_000_000);
const HOUR: i64 = 3_600_000;

fn later(hours: i64) -> Millis {
    Millis(NOW.0 + hours * HOUR)
}

fn id(number: usize) -> ProcessId {
    ProcessId::new(format!("70123456789{number:08}"))
}

fn key(number: usize) -> TaskKey {
    TaskKey { process: id(number), approver: ApproverId::new(format!("80{number:08}")) }
}

fn text(text: &str) -> I18n {
    I18n::same(CleanText::new(text))
}

fn row(number: usize, high_care: bool) -> CachedRow {
    let projection = RowProjection {
        kind: text("休假申请"),
        properties: Properties::Normal,
        initiator_id: Some(PersonId::new("ou_7dab8a3d3cdcc9da365777c7ad53f7a")),
        by_system: false,
        initiator_name: text("刘强东"),
        summary: text(&format!("年假 {number} 天")),
        node_name: text("部门主管"),
        waiting_since: Some(NOW),
        high_care,
    };
    let opened = number.is_multiple_of(3);
    let content = CachedContent { projection, as_of: NOW, current: !number.is_multiple_of(5) };
    CachedRow {
        key: key(number),
        content: Some(content),
        seen: if opened { Seen::Changed } else { Seen::Unopened },
        stamps: opened.then_some(SeenStamps { process: Stamp([1; 16]), whole: Some(Stamp([2; 16])) }),
    }
}

fn answer(number: usize) -> Vec<u8> {
    format!(r#"{{"code":0,"data":{{"process_id":"{}","initiator":"刘强东 {number}"}}}}"#, id(number).as_str()).into()
}

fn process(number: usize) -> CacheWrite {
    CacheWrite::Process { id: id(number), answer: answer(number), read_at: NOW, high_care: false }
}

fn complete(numbers: impl IntoIterator<Item = usize>) -> CacheWrite {
    let tasks = numbers.into_iter().map(key).collect();
    CacheWrite::Complete(CompleteList { tasks, good_at: NOW, known_until: Some((later(-1), later(-2))) })
}

fn named() -> Names {
    Names::of_people([Person::named(PersonId::new("ou_1"), text("韩梅梅"))])
}

/// A cache of so many tasks, each with its answers.
fn filled(folder: &Path, count: usize) -> Cache {
    let mut cache = open(folder);
    let mut batch = vec![CacheWrite::Rows((0..count).map(|number| row(number, false)).collect())];
    for number in 0..count {
        batch.push(process(number));
        batch.push(CacheWrite::Form { id: id(number), answer: b"form".to_vec(), read_at: NOW });
        batch.push(CacheWrite::Names { id: id(number), names: Box::new(named()), read_at: NOW });
    }
    batch.push(complete(0..count));
    cache.write(&batch).unwrap();
    cache
}

fn open(folder: &Path) -> Cache {
    let (cache, problem) = Cache::open(folder, OWNER, BOUNDS, NOW);
    assert_eq!(problem, None);
    cache.unwrap()
}

fn home() -> (TempDir, PathBuf) {
    // In memory where there is such a folder: hundreds of caches are made, each with its fsyncs.
    let home = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let folder = home.path().join("cache").join("ou_1-00000000");
    (home, folder)
}

fn sorted(list: CachedList) -> Vec<CachedRow> {
    let mut rows = list.rows;
    rows.sort_by(|one, other| one.key.cmp(&other.key));
    rows
}

/// All bytes of all files of a cache.
fn bytes(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        all.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    all
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The stored, sealed values.
fn bodies(cache: &Cache) -> Vec<Vec<u8>> {
    let mut all = cache.database.prepare("SELECT body FROM value WHERE kind < 5").unwrap();
    all.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn everything_comes_back_in_the_next_run() {
    let (_home, folder) = home();
    filled(&folder, 300).close();
    let mut cache = open(&folder);
    let list = cache.list(later(1)).unwrap().unwrap();
    assert_eq!((list.good_at, list.known_until), (Some(NOW), Some((later(-1), later(-2)))));
    assert_eq!(sorted(list), (0..300).map(|number| row(number, false)).collect::<Vec<_>>());
    let detail = cache.detail(&id(7), later(1)).unwrap().unwrap();
    assert_eq!((detail.process, detail.read_at), (answer(7), NOW));
    assert_eq!((detail.form, detail.labels, detail.names), (Some((b"form".to_vec(), NOW)), None, named()));
    assert!(cache.detail(&id(300), NOW).unwrap().is_none());
}

#[test]
fn rows_change_in_place_and_leave_with_a_complete_list() {
    let (_home, folder) = home();
    let mut cache = filled(&folder, 300);
    let changed = CachedRow { content: None, ..row(5, false) };
    cache.write(&[CacheWrite::Rows(vec![changed.clone(), row(300, false)])]).unwrap();
    cache.write(&[complete((0..302).filter(|number| number % 2 == 1 || *number == 300))]).unwrap();
    let list = sorted(cache.list(NOW).unwrap().unwrap());
    let wanted = (0..302).filter(|number| number % 2 == 1 || *number == 300).map(|number| match number {
        5 => changed.clone(),
        301 => CachedRow { key: key(301), content: None, seen: Seen::Unopened, stamps: None },
        _ => row(number, false),
    });
    assert_eq!(list, wanted.collect::<Vec<_>>());
    assert!(cache.detail(&id(4), NOW).unwrap().is_none());
    assert!(cache.detail(&id(7), NOW).unwrap().is_some());
}

#[test]
fn nothing_in_the_files_is_legible() {
    let (_home, folder) = home();
    let cache = filled(&folder, 50);
    let legible =
        ["刘强东", "韩梅梅", "休假申请", "70123456789", "8000000", "ou_7dab8a3d", "process_id", "s3cret", "cli_1"];
    for part in legible {
        assert!(!holds(&bytes(&folder), part.as_bytes()), "{part}");
    }
    cache.close();
    for part in legible {
        assert!(!holds(&bytes(&folder), part.as_bytes()), "{part} after the end");
    }
}

#[test]
fn the_bytes_of_a_request_that_left_are_gone() {
    let (_home, folder) = home();
    let mut cache = filled(&folder, 40);
    let before = bodies(&cache);
    assert!(before.iter().all(|body| holds(&bytes(&folder), body)));
    cache.write(&[complete(0..20)]).unwrap();
    let after: HashSet<_> = bodies(&cache).into_iter().collect();
    let gone: Vec<_> = before.iter().filter(|body| !after.contains(*body)).collect();
    assert_eq!(gone.len(), 60);
    for body in gone {
        assert!(!holds(&bytes(&folder), body), "erased bytes are in a file");
    }
}

#[test]
fn bytes_that_a_reader_held_leave_later() {
    let (_home, folder) = home();
    let mut cache = filled(&folder, 4);
    let body = bodies(&cache).pop().unwrap();
    let mut reader = Cache::read_only(&folder, OWNER, BOUNDS).unwrap().unwrap();
    let reading = reader.database.transaction().unwrap();
    reading.query_row("SELECT count(*) FROM value", [], |row| row.get::<_, i64>(0)).unwrap();
    cache.write(&[complete([])]).unwrap();
    assert!(holds(&bytes(&folder), &body));
    drop(reading);
    cache.write(&[complete([])]).unwrap();
    assert!(!holds(&bytes(&folder), &body));
}

#[test]
fn sensitive_requests_keep_their_row_without_content() {
    let (_home, folder) = home();
    let mut cache = filled(&folder, 2);
    let sensitive = CacheWrite::Process { id: id(0), answer: answer(0), read_at: NOW, high_care: true };
    let form = CacheWrite::Form { id: id(0), answer: b"pay".to_vec(), read_at: NOW };
    let names = CacheWrite::Names { id: id(0), names: Box::new(named()), read_at: NOW };
    cache.write(&[CacheWrite::Rows(vec![row(0, true)]), sensitive.clone(), form.clone(), names]).unwrap();
    assert!(cache.detail(&id(0), NOW).unwrap().is_none());
    assert_eq!(bodies(&cache).len(), 3, "the answers from before it was sensitive are gone too");
    let list = sorted(cache.list(NOW).unwrap().unwrap());
    let content = list[0].content.as_ref().unwrap();
    assert_eq!(content.projection.summary, I18n::default());
    assert_eq!(content.projection.initiator_name, text("刘强东"));

    let bounds = CacheBounds { sensitive: true, ..BOUNDS };
    drop(cache);
    let mut cache = Cache::open(&folder, OWNER, bounds, NOW).0.unwrap();
    cache.write(&[CacheWrite::Rows(vec![row(0, true)]), sensitive, form]).unwrap();
    assert!(cache.detail(&id(0), NOW).unwrap().is_some());
}

#[test]
fn content_goes_when_it_may_not_be_kept_any_more() {
    let (_home, folder) = home();
    let bounds = CacheBounds { sensitive: true, ..BOUNDS };
    let mut cache = Cache::open(&folder, OWNER, bounds, NOW).0.unwrap();
    cache.write(&[CacheWrite::Rows(vec![row(0, true)]), process(0), complete([0])]).unwrap();
    let body = bodies(&cache).pop().unwrap();
    cache.close();
    assert!(Cache::read_only(&folder, OWNER, BOUNDS).unwrap().is_none());
    let mut cache = open(&folder);
    assert!(cache.list(NOW).unwrap().is_none() && cache.detail(&id(0), NOW).unwrap().is_none());
    assert!(!holds(&bytes(&folder), &body));
}

#[test]
fn answers_expire_and_so_does_the_list() {
    let (_home, folder) = home();
    let mut cache = filled(&folder, 2);
    let end = 7 * 24;
    assert!(cache.list(later(end - 1)).unwrap().is_some() && cache.detail(&id(0), later(end - 1)).unwrap().is_some());
    assert!(cache.list(later(end)).unwrap().is_none() && cache.detail(&id(0), later(end)).unwrap().is_none());
    // A reading from the future is a mistake of a clock.
    assert!(cache.list(later(-25)).unwrap().is_none() && cache.detail(&id(0), later(-25)).unwrap().is_none());
    drop(cache);
    let (cache, _) = Cache::open(&folder, OWNER, BOUNDS, Millis(NOW.0 + 7 * DAY));
    let cache = cache.unwrap();
    let left: i64 = cache.database.query_row("SELECT count(*) FROM value", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 1, "all but the owner's value is erased");
}

#[test]
fn a_row_read_too_long_ago_stays_without_content() {
    let (_home, folder) = home();
    let mut cache = filled(&folder, 2);
    let tasks = vec![key(0), key(1)];
    let good_at = later(6 * 24);
    cache.write(&[CacheWrite::Complete(CompleteList { tasks, good_at, known_until: None })]).unwrap();
    let list = cache.list(later(8 * 24)).unwrap().unwrap();
    // Changes are known of the second, so that it is true although it was read long ago.
    assert_eq!(sorted(list), [CachedRow { content: None, ..row(0, false) }, row(1, false)]);
}

#[test]
fn the_oldest_answers_leave_a_full_cache() {
    let (_home, folder) = home();
    let bounds = CacheBounds { bytes: 2 << 20, ..BOUNDS };
    let mut cache = Cache::open(&folder, OWNER, bounds, NOW).0.unwrap();
    for number in 0..120 {
        let read_at = Millis(NOW.0 + i64::try_from(number).unwrap());
        let long = CacheWrite::Process { id: id(number), answer: vec![b'x'; 30_000], read_at, high_care: false };
        cache.write(&[CacheWrite::Rows(vec![row(number, false)]), long]).unwrap();
        assert!(cache.used().unwrap() <= bounds.bytes);
    }
    assert!(cache.detail(&id(0), NOW).unwrap().is_none());
    assert!(cache.detail(&id(119), NOW).unwrap().is_some());
    let files = fs::metadata(folder.join("cache.db")).unwrap().len();
    assert!(files <= bounds.bytes, "{files} bytes");
}

#[test]
fn a_newer_version_and_foreign_bytes_are_dropped() {
    type Spoil = fn(&Path);
    let spoil: [(CacheProblem, Spoil); 3] = [
        (CacheProblem::Newer, |folder| {
            let database = rusqlite::Connection::open(folder.join("cache.db")).unwrap();
            database.pragma_update(None, "user_version", seal::VERSION + 1).unwrap();
        }),
        (CacheProblem::Damaged, |folder| fs::write(folder.join("cache.db"), "something else, of some length").unwrap()),
        (CacheProblem::Damaged, |folder| {
            fs::remove_file(folder.join("cache.db")).unwrap();
            let foreign = rusqlite::Connection::open(folder.join("cache.db")).unwrap();
            foreign.execute_batch("CREATE TABLE notes (text TEXT); PRAGMA user_version = 1;").unwrap();
        }),
    ];
    for (problem, spoil) in spoil {
        let (_home, folder) = home();
        filled(&folder, 3).close();
        spoil(&folder);
        let reader = Cache::read_only(&folder, OWNER, BOUNDS);
        assert!(!matches!(reader, Ok(Some(_))), "{problem:?}");
        let (cache, told) = Cache::open(&folder, OWNER, BOUNDS, NOW);
        assert_eq!(told, Some(problem.clone()));
        assert!(cache.unwrap().list(NOW).unwrap().is_none());
        let (cache, told) = Cache::open(&folder, OWNER, BOUNDS, NOW);
        assert!(cache.is_some() && told.is_none(), "{problem:?} is told once");
    }
}

const OTHERS: [Owner<'_>; 3] = [
    Owner { app_secret: "mistyped", ..OWNER },
    Owner { app_id: "cli_2", ..OWNER },
    Owner { whose: "open.feishu.cn ou_2", ..OWNER },
];

#[test]
fn another_owner_sees_nothing_and_leaves_everything() {
    let (_home, folder) = home();
    filled(&folder, 3).close();
    for other in OTHERS {
        let reader = Cache::read_only(&folder, other, BOUNDS);
        assert!(matches!(reader, Err(CacheProblem::Foreign)), "{other:?}");
        let (cache, told) = Cache::open(&folder, other, BOUNDS, NOW);
        assert_eq!(told, Some(CacheProblem::Foreign), "{other:?}");
        let mut cache = cache.unwrap();
        assert!(cache.list(NOW).unwrap().is_none() && cache.detail(&id(1), NOW).unwrap().is_none());
        cache.write(&[]).unwrap();
        cache.expire(later(1)).unwrap();
        cache.close();
    }
    let mut cache = open(&folder);
    assert_eq!(cache.list(NOW).unwrap().unwrap().rows.len(), 3);
    assert_eq!(cache.detail(&id(1), NOW).unwrap().unwrap().process, answer(1));
}

#[test]
fn the_first_content_of_another_owner_takes_the_place_of_all() {
    for other in OTHERS {
        let (_home, folder) = home();
        let old = filled(&folder, 3);
        let sealed = bodies(&old);
        old.close();
        let (cache, _) = Cache::open(&folder, other, BOUNDS, NOW);
        let mut cache = cache.unwrap();
        assert!(sealed.iter().all(|body| holds(&bytes(&folder), body)));
        cache.write(&[CacheWrite::Rows(vec![row(1, false)]), process(1), complete([1])]).unwrap();
        assert!(!sealed.iter().any(|body| holds(&bytes(&folder), body)), "erased bytes are in a file");
        cache.close();
        assert!(matches!(Cache::read_only(&folder, OWNER, BOUNDS), Err(CacheProblem::Foreign)));
        let (cache, told) = Cache::open(&folder, other, BOUNDS, NOW);
        assert_eq!(told, None, "{other:?}");
        let mut cache = cache.unwrap();
        assert_eq!(cache.list(NOW).unwrap().unwrap().rows, [row(1, false)]);
        assert_eq!(cache.detail(&id(1), NOW).unwrap().unwrap().process, answer(1));
    }
}

#[test]
fn another_owner_who_has_to_wait_replaces_all_later() {
    let (_home, folder) = home();
    filled(&folder, 3).close();
    let mut cache = Cache::open(&folder, OTHERS[0], BOUNDS, NOW).0.unwrap();
    let mut busy = open(&folder);
    let writing = busy.database.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    assert_eq!(cache.write(&[process(1), complete([1])]), Err(CacheProblem::Busy));
    drop(writing);
    cache.write(&[process(1), complete([1])]).unwrap();
    assert_eq!(cache.detail(&id(1), NOW).unwrap().unwrap().process, answer(1));
    assert_eq!(busy.write(&[process(2)]), Err(CacheProblem::Cleared));
}

#[test]
fn links_and_irregular_files_are_refused() {
    let spoil: [fn(&Path); 3] = [
        |folder| std::os::unix::fs::symlink("/dev/null", folder.join("cache.db")).unwrap(),
        |folder| std::os::unix::fs::symlink("/tmp/x", folder.join("cache.db-wal")).unwrap(),
        |folder| fs::create_dir(folder.join("cache.db")).unwrap(),
    ];
    for spoil in spoil {
        let (_home, folder) = home();
        fs::create_dir_all(&folder).unwrap();
        spoil(&folder);
        let (cache, told) = Cache::open(&folder, OWNER, BOUNDS, NOW);
        assert!(cache.is_none() && matches!(told, Some(CacheProblem::Unusable(_))), "{told:?}");
    }
    let (home, folder) = home();
    fs::create_dir(home.path().join("cache")).unwrap();
    std::os::unix::fs::symlink(home.path(), &folder).unwrap();
    assert!(matches!(Cache::open(&folder, OWNER, BOUNDS, NOW), (None, Some(CacheProblem::Unusable(_)))));
    assert!(matches!(Cache::open(Path::new("/proc/cache"), OWNER, BOUNDS, NOW), (None, Some(_))));
}

#[test]
fn files_and_folder_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_home, folder) = home();
    let _cache = filled(&folder, 3);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 3 && files.iter().all(|file| mode(file) == 0o600), "{files:?}");
}

#[test]
fn a_full_disk_keeps_the_last_whole_state() {
    let (_home, folder) = home();
    let mut cache = filled(&folder, 3);
    let pages: i64 = cache.database.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    cache.database.pragma_update_and_check(None, "max_page_count", pages + 1, |_| Ok(())).unwrap();
    let long = CacheWrite::Process { id: id(3), answer: vec![b'x'; 90_000], read_at: NOW, high_care: false };
    assert_eq!(cache.write(&[CacheWrite::Rows(vec![row(3, false)]), long]), Err(CacheProblem::Full));
    cache.abandon(&CacheProblem::Full);
    assert_eq!(open(&folder).list(NOW).unwrap().unwrap().rows.len(), 3);
}

#[test]
fn a_second_window_reads_while_the_first_writes() {
    let (_home, folder) = home();
    assert!(Cache::read_only(&folder, OWNER, BOUNDS).unwrap().is_none());
    let mut cache = filled(&folder, 3);
    let mut reader = Cache::read_only(&folder, OWNER, BOUNDS).unwrap().unwrap();
    assert_eq!(reader.list(NOW).unwrap().unwrap().rows.len(), 3);
    cache.write(&[CacheWrite::Rows(vec![row(3, false)]), process(3)]).unwrap();
    assert_eq!(reader.list(NOW).unwrap().unwrap().rows.len(), 4);
    assert!(reader.detail(&id(3), NOW).unwrap().is_some());
    assert!(reader.write(&[process(4)]).is_err());
    assert!(cache.detail(&id(4), NOW).unwrap().is_none());
}

#[test]
fn a_window_whose_cache_was_cleared_goes_on_without() {
    let (home, folder) = home();
    let mut cache = filled(&folder, 3);
    let body = bodies(&cache).pop().unwrap();
    assert_eq!(clear_all(home.path()).unwrap(), 1);
    assert!(!holds(&bytes(&folder), &body));
    assert_eq!(cache.write(&[process(0)]), Err(CacheProblem::Cleared));
    cache.abandon(&CacheProblem::Cleared);
    assert!(clear(&folder).unwrap());
    assert!(!folder.exists(), "an unused cache leaves nothing");
    assert!(!clear(&folder).unwrap() && clear_all(home.path()).unwrap() == 0);
    assert!(open(&folder).list(NOW).unwrap().is_none());
}

#[test]
fn a_window_leaves_the_file_that_took_the_place_of_its_own() {
    let (_home, folder) = home();
    let mut cache = filled(&folder, 3);
    schema::delete(&folder).unwrap();
    assert_eq!(cache.write(&[process(0)]), Err(CacheProblem::Cleared));
    let other = filled(&folder, 5);
    assert_eq!(cache.write(&[process(0)]), Err(CacheProblem::Cleared));
    cache.abandon(&CacheProblem::Damaged);
    other.close();
    assert_eq!(open(&folder).list(NOW).unwrap().unwrap().rows.len(), 5);
}

/// The whole content of a cache, or nothing of it; every answer is the one that was written or is missing.
fn whole_or_dropped(folder: &Path, count: usize) {
    let (cache, _) = Cache::open(folder, OWNER, BOUNDS, NOW);
    let Some(mut cache) = cache else { return };
    if let Ok(Some(list)) = cache.list(NOW) {
        assert_eq!(sorted(list), (0..count).map(|number| row(number, false)).collect::<Vec<_>>());
    }
    for number in 0..=count {
        if let Ok(Some(detail)) = cache.detail(&id(number), NOW) {
            assert_eq!(detail.process, answer(number));
            assert!(detail.form.is_none_or(|(form, _)| form == b"form"));
            assert!(detail.names == Names::default() || detail.names == named());
        }
    }
    // The rest of it can be written to, or is known to be of no use.
    let _ = cache.write(&[process(0), complete([0])]);
}

/// A closed cache, and a copy of its file to be damaged.
fn copy() -> (TempDir, PathBuf, Vec<u8>) {
    let (home, folder) = home();
    filled(&folder, 12).close();
    let content = fs::read(folder.join("cache.db")).unwrap();
    (home, folder, content)
}

fn replace(folder: &Path, content: &[u8]) {
    schema::delete(folder).unwrap();
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("cache.db"), content).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn a_flipped_bit_gives_no_other_value(places in proptest::collection::vec(any::<proptest::sample::Index>(), 12)) {
        let (_home, folder, content) = copy();
        for place in places {
            let bit = place.index(content.len() * 8);
            let mut flipped = content.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            replace(&folder, &flipped);
            whole_or_dropped(&folder, 12);
        }
    }

    #[test]
    fn a_cut_file_gives_no_other_value(places in proptest::collection::vec(any::<proptest::sample::Index>(), 8)) {
        let (_home, folder, content) = copy();
        for place in places {
            replace(&folder, &content[..place.index(content.len())]);
            whole_or_dropped(&folder, 12);
        }
    }
}

/// The header and the tables of the file, where a flip changes what the database believes of it.
#[test]
fn bits_of_the_header_may_flip() {
    let (_home, folder, content) = copy();
    for bit in (0..100 * 8).step_by(3).chain((100 * 8..4096 * 8).step_by(397)) {
        let mut flipped = content.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        replace(&folder, &flipped);
        whole_or_dropped(&folder, 12);
    }
}

const CHILD: &str = "SHENPI_TEST_CACHE";

/// Not a test of its own: another process, which writes until it is killed.
#[test]
fn child_that_writes() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let mut cache = open(Path::new(&folder));
    for round in 0.. {
        let rows = (0..12).map(|number| row(number, false)).collect();
        let mut batch = vec![CacheWrite::Rows(rows), complete(0..12)];
        batch.extend((0..12).map(process));
        cache.write(&batch).unwrap();
        if round == 0 {
            fs::write(Path::new(&folder).join("begun"), "").unwrap();
        }
    }
}

fn child(folder: &Path) -> std::process::Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "store::cache::tests::child_that_writes", "--nocapture"]);
    command.env(CHILD, folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn a_process_killed_while_it_writes_leaves_a_whole_cache() {
    for after in [1, 7, 19, 40] {
        let (_home, folder) = home();
        let mut writer = child(&folder);
        while !folder.join("begun").exists() {
            std::thread::yield_now();
        }
        // Another process reads meanwhile.
        let mut reader = Cache::read_only(&folder, OWNER, BOUNDS).unwrap().unwrap();
        assert_eq!(reader.list(NOW).unwrap().unwrap().rows.len(), 12);
        // The kill falls somewhere into a later write.
        for _ in 0..after {
            reader.list(NOW).unwrap().unwrap();
        }
        writer.kill().unwrap();
        writer.wait().unwrap();
        assert_eq!(reader.list(NOW).unwrap().unwrap().rows.len(), 12);
        drop(reader);
        assert_eq!(open(&folder).list(NOW).unwrap().unwrap().rows.len(), 12);
        whole_or_dropped(&folder, 12);
    }
}
