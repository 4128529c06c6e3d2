//! Files: complete or absent, private, under a harmless name, never over another (protocol.md#files).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use shenpi::domain::form::FileRef;
use shenpi::domain::{Endpoint, FailureKind, FileId, Outcome};

use crate::desk::file;
use crate::examples::{example, json};
use crate::server::{Reply, Server};

const BYTES: &[u8] = b"%PDF-1.7 \x00\xff and so on";

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn length(bytes: &[u8]) -> Option<i64> {
    i64::try_from(bytes.len()).ok()
}

/// Looks again and again, and fails when it never becomes so.
async fn until(so: impl Fn() -> bool) {
    let looked = async {
        while !so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looked).await.expect("it never became so");
}

#[tokio::test]
async fn a_file_is_saved_whole_and_private_under_the_forms_name_not_the_headers() {
    let recorded = json("corehr_file_get_http.json");
    let bytes = vec![7; recorded["headers"]["Content-Length"].as_str().unwrap().parse().unwrap()];
    let mut reply = Reply::text(200, recorded["headers"]["Content-Type"].as_str().unwrap(), bytes.clone());
    for name in ["Content-Disposition", "X-Tt-Logid"] {
        reply = reply.with(name, recorded["headers"][name].as_str().unwrap());
    }
    let server = Server::always(reply).await;
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("new/downloads");
    let path = server.client().download(&file("车票.pdf", length(&bytes)), &directory).await.unwrap();
    assert_eq!(path, directory.join("车票.pdf"));
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let call = server.only_call();
    assert_eq!(call.method, "GET");
    assert_eq!(call.path, "/open-apis/corehr/v1/files/66867ed00740ddd4a0bad4a5_c99b5322dc744fe4b99b76426ffe5d53");
    assert!(call.header("authorization").is_some());
}

#[tokio::test]
async fn names_cannot_leave_their_folder_nor_hide_in_it() {
    let server = Server::always(Reply::text(200, "application/octet-stream", BYTES)).await;
    let client = server.client();
    let outside = tempfile::tempdir().unwrap();
    let directory = outside.path().join("downloads");
    let absolute = outside.path().join("absolute.pdf");
    for name in [
        "../../../tmp/shenpi-escaped",
        absolute.to_str().unwrap(),
        "..",
        ".",
        "",
        ".bashrc",
        "...//..",
        "a\u{0}b",
        "a\nb",
        "C:\\evil.exe",
        " ~ ",
        &"长".repeat(500),
    ] {
        let path = client.download(&file(name, length(BYTES)), &directory).await.unwrap();
        assert_eq!(path.parent(), Some(directory.as_path()), "{name:?}");
        let saved = path.file_name().unwrap().to_str().unwrap();
        assert!(!saved.starts_with('.') && !saved.contains(['/', '\\', '\n', '\0', ':']), "{saved:?}");
        assert_eq!(fs::read(&path).unwrap(), BYTES);
    }
    assert_eq!(names(outside.path()), ["downloads"]);
    assert_eq!(names(&directory).len(), 12);
}

#[tokio::test]
async fn a_file_that_is_there_stays_and_the_new_one_is_numbered() {
    let server = Server::always(Reply::text(200, "application/pdf", BYTES)).await;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.tar.gz"), "mine").unwrap();
    std::os::unix::fs::symlink(folder.path().join("target"), folder.path().join("a.tar (1).gz")).unwrap();
    let path = server.client().download(&file("a.tar.gz", None), folder.path()).await.unwrap();
    assert_eq!(path, folder.path().join("a.tar (2).gz"));
    assert_eq!(fs::read(folder.path().join("a.tar.gz")).unwrap(), b"mine");
    assert!(!folder.path().join("target").exists(), "a link is not followed");
}

#[tokio::test]
async fn a_name_that_is_taken_meanwhile_stays_and_a_part_of_another_program_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    fs::write(path.join("a.pdf.part"), "a browser's").unwrap();
    // Another program takes the name while the answer is on its way.
    let server = Server::start(move |_| {
        fs::write(path.join("a.pdf"), "mine").unwrap();
        Reply::text(200, "application/pdf", BYTES)
    })
    .await;
    let saved = server.client().download(&file("a.pdf", None), folder.path()).await.unwrap();
    assert_eq!(saved, folder.path().join("a (1).pdf"));
    assert_eq!(names(folder.path()), ["a (1).pdf", "a.pdf", "a.pdf.part"]);
    assert_eq!(fs::read(folder.path().join("a.pdf")).unwrap(), b"mine");
    assert_eq!(fs::read(folder.path().join("a.pdf.part")).unwrap(), b"a browser's");
}

#[tokio::test]
async fn a_long_name_keeps_its_extension() {
    let server = Server::always(Reply::text(200, "application/pdf", BYTES)).await;
    let folder = tempfile::tempdir().unwrap();
    for number in 0..2 {
        let name = format!("{}.pdf", "长".repeat(100));
        let saved = server.client().download(&file(&name, length(BYTES)), folder.path()).await.unwrap();
        let saved = saved.file_name().unwrap().to_str().unwrap().to_owned();
        let end = if number == 0 { "长.pdf" } else { "长 (1).pdf" };
        assert!(saved.ends_with(end) && saved.len() < 250, "{saved}");
    }
}

#[tokio::test]
async fn a_file_without_an_id_is_not_asked_for() {
    let server = Server::always(Reply::text(200, "application/pdf", BYTES)).await;
    let folder = tempfile::tempdir().unwrap();
    let nameless = FileRef { id: FileId::new(""), ..file("a.pdf", None) };
    let failure = server.client().download(&nameless, folder.path()).await.unwrap_err();
    assert_eq!((failure.endpoint, failure.outcome), (Endpoint::File, Outcome::NotSent));
    assert!(server.calls().is_empty() && server.token_calls().is_empty() && names(folder.path()).is_empty());
}

#[tokio::test]
async fn a_file_of_another_length_leaves_nothing() {
    let server = Server::always(Reply::text(200, "application/pdf", BYTES)).await;
    for wrong in [0, 1, 4096] {
        let folder = tempfile::tempdir().unwrap();
        let failure = server.client().download(&file("a.pdf", Some(wrong)), folder.path()).await.unwrap_err();
        assert_eq!((failure.endpoint, failure.kind), (Endpoint::File, FailureKind::Cut), "{wrong}");
        assert!(names(folder.path()).is_empty(), "{wrong}");
    }
    let folder = tempfile::tempdir().unwrap();
    server.client().download(&file("a.pdf", None), folder.path()).await.expect("no length is stated");
}

#[tokio::test]
async fn a_file_that_breaks_off_leaves_nothing() {
    let half = "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 400\r\n\r\n%PDF";
    let folder = tempfile::tempdir().unwrap();
    let server = Server::always(Reply::Raw(half.into())).await;
    let failure = server.client().download(&file("a.pdf", None), folder.path()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Cut);
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn a_download_that_nobody_waits_for_any_more_leaves_nothing() {
    let half = "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 400\r\n\r\n%PDF";
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().to_owned();
    let server = Server::always(Reply::Stuck(half.into())).await;
    let client = server.client();
    let task = tokio::spawn(async move { client.download(&file("a.pdf", None), &directory).await.map(|_| ()) });
    until(|| fs::read(folder.path().join("a.pdf.part")).is_ok_and(|written| written == b"%PDF")).await;
    assert_eq!(names(folder.path()), ["a.pdf.part"], "no name before it is whole: a kill leaves what is there now");
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn a_download_that_is_given_up_while_its_file_is_being_made_leaves_nothing() {
    let half = "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 400\r\n\r\n";
    let server = Server::always(Reply::Stuck(half.into())).await;
    for _ in 0..200 {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().to_owned();
        let client = server.client();
        let task = tokio::spawn(async move { client.download(&file("a.pdf", None), &directory).await.map(|_| ()) });
        // It is given up as soon as there is a file, before the download has heard that it has one.
        until(|| !names(folder.path()).is_empty()).await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        // The thread that makes the file may still run; it removes its file.
        until(|| names(folder.path()).is_empty()).await;
    }
}

#[tokio::test]
async fn a_refusal_is_not_saved_as_the_file() {
    for (status, name) in [(400, "corehr_file_get_error_1160001.json"), (200, "corehr_file_get_error_1160001.json")] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::always(Reply::json(status, example(name))).await;
        let failure = server.client().download(&file("a.pdf", None), folder.path()).await.unwrap_err();
        assert_eq!((failure.kind, failure.outcome), (FailureKind::Business, Outcome::Refused), "{status}");
        assert_eq!(failure.code, Some(1_160_001));
        assert!(names(folder.path()).is_empty());
    }
    for reply in [Reply::text(404, "text/plain", "404 page not found"), Reply::json(200, r#"{"code":0}"#)] {
        let folder = tempfile::tempdir().unwrap();
        let failure =
            Server::always(reply).await.client().download(&file("a.pdf", None), folder.path()).await.unwrap_err();
        assert!(matches!(failure.kind, FailureKind::Garbage { .. }), "{failure:?}");
        assert!(names(folder.path()).is_empty());
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_a_failure_of_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let occupied = folder.path().join("a file, no folder");
    fs::write(&occupied, "").unwrap();
    let server = Server::always(Reply::text(200, "application/pdf", BYTES)).await;
    let failure = server.client().download(&file("a.pdf", None), &occupied).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::LocalFile);
    assert!(!failure.message.is_empty());
}
