//! Proxies: the environment's for the platform, none for loopback. The environment belongs to a whole process, so each
//! case runs in a child of its own.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection};
use shenpi::domain::{Failure, FailureKind, Outcome};
use shenpi::feishu::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::server::{Reply, Server, settings};

/// Where the child asks for a token.
const BASE_URL: &str = "SHENPI_TEST_BASE_URL";

/// A helper that the other tests run in a process with another environment. Prints its result.
#[tokio::test]
#[ignore = "run by the tests of this module"]
async fn child() {
    let mut settings = settings(&std::env::var(BASE_URL).unwrap());
    settings.connect_timeout = Duration::from_secs(3);
    let outcome = Client::new(settings).unwrap().authenticate().await;
    let said = match outcome {
        Ok(()) => "authenticated".to_owned(),
        Err(Failure { kind, outcome, message, .. }) => {
            assert_eq!(outcome, Outcome::NotSent);
            if kind == FailureKind::Unreachable { "unreachable".to_owned() } else { format!("{kind:?} {message}") }
        }
    };
    std::fs::write(std::env::var("SHENPI_TEST_SAID").unwrap(), said).unwrap();
}

async fn in_child(base_url: &str, environment: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let said = folder.path().join("said");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "proxy::child", "--ignored"]);
    for name in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ] {
        command.env_remove(name);
    }
    command.envs(environment.iter().copied()).env(BASE_URL, base_url).env("SHENPI_TEST_SAID", &said);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    std::fs::read_to_string(&said).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stdout)))
}

/// A proxy that refuses all requests and returns the first line of each.
async fn proxy() -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap_or_default();
            let text = String::from_utf8_lossy(&request[..length]).into_owned();
            let _ = sender.send(text.lines().next().unwrap_or_default().to_owned());
            let _ = stream.write_all(b"HTTP/1.1 503 Closed\r\nContent-Length: 0\r\n\r\n").await;
        }
    });
    (address, receiver)
}

#[tokio::test]
async fn the_platform_is_reached_through_the_environments_proxy() {
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let (address, mut asked) = proxy().await;
        assert_eq!(in_child("https://open.platform.invalid", &[(name, &address)]).await, "unreachable");
        assert_eq!(asked.recv().await.as_deref(), Some("CONNECT open.platform.invalid:443 HTTP/1.1"), "{name}");
    }
}

#[tokio::test]
async fn hosts_of_no_proxy_are_reached_without_it() {
    let (address, mut asked) = proxy().await;
    let environment = [("HTTPS_PROXY", address.as_str()), ("NO_PROXY", "example.com,.platform.invalid")];
    assert_eq!(in_child("https://open.platform.invalid", &environment).await, "unreachable");
    assert!(asked.try_recv().is_err(), "there is no such host, and nobody else was asked");
}

#[tokio::test]
async fn suffixes_with_a_star_and_ports_are_reached_without_it_too() {
    for no_proxy in ["*.platform.invalid", "open.platform.invalid:443", "x, *.platform.invalid:443"] {
        let (address, mut asked) = proxy().await;
        let environment = [("HTTPS_PROXY", address.as_str()), ("NO_PROXY", no_proxy)];
        assert_eq!(in_child("https://open.platform.invalid", &environment).await, "unreachable");
        assert!(asked.try_recv().is_err(), "{no_proxy}");
    }
    let (address, mut asked) = proxy().await;
    let environment = [("HTTPS_PROXY", address.as_str()), ("NO_PROXY", "open.platform.invalid:8443")];
    assert_eq!(in_child("https://open.platform.invalid", &environment).await, "unreachable");
    assert!(asked.recv().await.is_some(), "another port");
}

#[tokio::test]
async fn a_socks_proxy_is_asked_for_the_platform() {
    for scheme in ["socks5", "socks5h"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("{scheme}://{}", listener.local_addr().unwrap());
        let greeted = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut greeting = [0; 3];
            stream.read_exact(&mut greeting).await.unwrap();
            greeting[0]
        });
        let host = if scheme == "socks5" { "https://192.0.2.1" } else { "https://open.platform.invalid" };
        assert_eq!(in_child(host, &[("ALL_PROXY", &address)]).await, "unreachable");
        assert_eq!(greeted.await.unwrap(), 5, "{scheme}: its version of the protocol");
    }
}

/// A server with a certificate that it issued itself.
fn self_signed() -> SocketAddr {
    let certificate = CertificateDer::from(include_bytes!("../fixtures/tls/self-signed.der").to_vec());
    let key = PrivatePkcs8KeyDer::from(include_bytes!("../fixtures/tls/self-signed.key.der").to_vec());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key.into()).unwrap());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            // The client ends the handshake where it sees the certificate.
            let _ = connection.complete_io(&mut stream);
        }
    });
    address
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_named_with_the_file_that_is_not_there() {
    let base_url = format!("https://{}", self_signed());
    let said = in_child(&base_url, &[]).await;
    assert!(said.starts_with("Untrusted") && !said.contains("SSL_CERT"), "{said}");
    let said = in_child(&base_url, &[("SSL_CERT_FILE", "/no/such/file.pem")]).await;
    assert!(said.starts_with("Untrusted") && said.contains("SSL_CERT_FILE /no/such/file.pem: No such file"), "{said}");
}

#[tokio::test]
async fn loopback_never_goes_through_a_proxy() {
    let server = Server::always(Reply::done()).await;
    let (address, mut asked) = proxy().await;
    let environment = [
        ("HTTP_PROXY", address.as_str()),
        ("HTTPS_PROXY", &address),
        ("ALL_PROXY", &address),
        ("http_proxy", &address),
    ];
    for host in ["127.0.0.1", "localhost"] {
        let base_url = format!("http://{host}:{}", server.address().port());
        assert_eq!(in_child(&base_url, &environment).await, "authenticated");
    }
    assert_eq!(server.token_calls().len(), 2);
    assert!(asked.try_recv().is_err());
}
