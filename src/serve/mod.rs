//! `muster serve`: the HTTP Event Collector and the management API of a Splunk over the local engine, so that the tools
//! people have work without one. What is sent is searchable when its sender is told so.
//!
//! `net` has the connections, `hec` and `rest` answer on the two ports, `index` holds the events, `jobs` runs searches,
//! `atom` and `results` write what the API gives. Everything runs on this machine, as one user.

mod alert;
mod atom;
mod auth;
mod disk;
mod hec;
mod http;
mod index;
mod jobs;
mod journal;
mod kv;
mod kvstore;
mod net;
mod random;
mod record;
mod rest;
mod results;
mod say;
mod state;
mod tls;
mod written;

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::diagnostic::{Code, Diagnostic};

pub use state::{Load, Loaded};
pub use tls::Certificate;

use auth::Auth;
use disk::Disk;
use hec::{Hec, Token};
use net::Face;
use state::{Parts, Server};

/// How the server is set up.
pub struct Options {
    /// Where it listens.
    pub bind: IpAddr,
    /// Port of the management API; 0 takes a free one.
    pub api_port: u16,
    /// Port of the collector; 0 takes a free one.
    pub hec_port: u16,
    /// Plain HTTP.
    pub plain: bool,
    /// The user's certificate; without one the server signs its own.
    pub certificate: Option<Certificate>,
    /// The password of `admin`; without one it is made and told.
    pub password: Option<String>,
    /// The token of the collector; without one it is made and told.
    pub token: Option<String>,
    /// That token demands indexer acknowledgment.
    pub ack: bool,
    /// Says that Enterprise Security is there, and plays its part.
    pub es: bool,
    /// The folder that keeps events and settings.
    pub data_dir: Option<PathBuf>,
    /// Indexes beside those that every Splunk has.
    pub indexes: Vec<String>,
    /// Bytes of events in memory at most.
    pub max_memory: usize,
    /// Bytes of a body for the collector at most.
    pub max_body: usize,
}

/// The one user.
const USER: &str = "admin";

/// A server that runs, for whoever watches its content.
#[derive(Clone)]
pub struct Control(Weak<Server>);

impl Control {
    /// Reads content and apps again and gives the number of detections; nothing once the server has ended.
    pub fn reload(&self) -> Option<Result<usize, Vec<Diagnostic>>> {
        self.0.upgrade().map(|server| server.reload())
    }
}

/// Serves until Ctrl-C or SIGTERM. Where it listens is told on `out`, once it does; then `ready` is called.
pub fn run(options: Options, load: Load, out: &mut dyn Write, ready: impl FnOnce(Control)) -> Result<(), Vec<Diagnostic>> {
    let one = |problem: Diagnostic| vec![problem];
    if !options.bind.is_loopback() && (options.password.is_none() || options.token.is_none()) {
        let message = format!("{} can be reached from other machines, so the secrets have to be yours", options.bind);
        let problem = Diagnostic::new(Code::RunUsage, message);
        return Err(one(problem.help("set MUSTER_PASSWORD and MUSTER_HEC_TOKEN, or leave --bind out")));
    }
    let loaded = load(None, None)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|why| one(Diagnostic::new(Code::RunFile, format!("no threads for the server: {why}"))))?;
    runtime.block_on(serve(options, load, loaded, out, ready)).map_err(one)?;
    // A search that does not come to its end is not waited for.
    runtime.shutdown_background();
    Ok(())
}

async fn serve(
    options: Options,
    load: Load,
    loaded: Loaded,
    out: &mut dyn Write,
    ready: impl FnOnce(Control),
) -> Result<(), Diagnostic> {
    let (api, api_address) = bound(options.bind, options.api_port, "--api-port").await?;
    let (hec, hec_address) = bound(options.bind, options.hec_port, "--hec-port").await?;
    let tls = match (options.plain, options.certificate) {
        (true, _) => None,
        (false, Some(certificate)) => Some(certificate.acceptor()?),
        (false, None) => Some(Certificate::kept(options.bind, options.data_dir.as_deref())?.acceptor()?),
    };
    let opened = options.data_dir.as_deref().map(Disk::open).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let (made_password, made_token) = (options.password.is_none(), options.token.is_none());
    let password = options.password.unwrap_or_else(|| random::token(20));
    let token = options.token.unwrap_or_else(random::guid);
    let server = Arc::new(Server::new(Parts {
        auth: Auth::new(USER.into(), password.clone()),
        load,
        loaded,
        hec: Hec::new(Token { value: token.clone(), use_ack: options.ack, ..Token::default() }, options.max_body),
        es: options.es,
        base: format!("{scheme}://{api_address}"),
        hec_address,
        indexes: options.indexes,
        limit: options.max_memory,
        disk: opened.as_ref().map(|(disk, _)| disk.clone()),
    }));
    let mut lines = vec![
        ("management API", format!("{scheme}://{api_address}")),
        ("event collector", format!("{scheme}://{hec_address}")),
        ("user", USER.to_string()),
        ("password", if made_password { password } else { "the one of MUSTER_PASSWORD".into() }),
        ("collector token", if made_token { token } else { "the one of MUSTER_HEC_TOKEN".into() }),
    ];
    if let Some((disk, found)) = opened {
        lines.push(("data", disk.restore(&server, found)?));
    }
    jobs::start(&server, std::thread::available_parallelism().map_or(2, usize::from).max(2));
    let (stop, stopped) = watch::channel(false);
    let listening = [(api, Face::Api), (hec, Face::Hec)]
        .map(|(listener, face)| tokio::spawn(net::listen(listener, tls.clone(), face, server.clone(), stopped.clone())));
    let told = tell(out, &lines);
    told.map_err(|why| Diagnostic::new(Code::RunFile, format!("cannot write: {why}")))?;
    ready(Control(Arc::downgrade(&server)));
    ended().await;
    server.closing.store(true, Ordering::Relaxed);
    // What comes now is told that the server goes; what is there comes to its end.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let _ = stop.send(true);
    for task in listening {
        let _ = task.await;
    }
    Ok(())
}

async fn bound(address: IpAddr, port: u16, option: &str) -> Result<(TcpListener, SocketAddr), Diagnostic> {
    let listener = TcpListener::bind((address, port)).await.and_then(|l| l.local_addr().map(|a| (l, a)));
    listener.map_err(|why| {
        let problem = Diagnostic::new(Code::RunFile, format!("cannot listen on {address}, port {port}: {why}"));
        problem.help(format!("{option} takes another port; 0 takes one that is free"))
    })
}

fn tell(out: &mut dyn Write, lines: &[(&str, String)]) -> io::Result<()> {
    for (name, value) in lines {
        writeln!(out, "{:<16} {value}", format!("{name}:"))?;
    }
    writeln!(out, "ready; Ctrl-C ends it")?;
    out.flush()
}

/// Waits for Ctrl-C or SIGTERM.
async fn ended() {
    #[cfg(unix)]
    if let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
        std::future::poll_fn(|cx| {
            use std::future::Future;
            if term.poll_recv(cx).is_ready() { std::task::Poll::Ready(()) } else { interrupt.as_mut().poll(cx).map(|_| ()) }
        })
        .await;
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}
