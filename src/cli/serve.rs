//! `muster serve`.

use std::net::{IpAddr, Ipv4Addr};
#[cfg(feature = "watch")]
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
#[cfg(feature = "watch")]
use std::sync::atomic::AtomicBool;

use clap::Args;

use crate::content::Content;
use crate::diagnostic::{Diagnostic, Sources};
use crate::engine::Environment;
use crate::knowledge::App;
use crate::serve::{self, Certificate, Control, Load, Loaded, Options};
#[cfg(feature = "watch")]
use crate::watch::Watch;

use super::common::{Common, Io, Outcome};
use super::engine::{self, Setup};
use super::exit;

#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// Port of the management API; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8089)]
    api_port: u16,
    /// Port of the HTTP Event Collector; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8088)]
    hec_port: u16,
    /// Address to listen on; another than this machine's own demands MUSTER_PASSWORD and MUSTER_HEC_TOKEN
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Plain HTTP
    #[arg(long, conflicts_with_all = ["cert", "key"])]
    no_tls: bool,
    /// Certificate, PEM; without one the server signs its own
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// Key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// The token of the start demands indexer acknowledgment
    #[arg(long)]
    ack: bool,
    /// Say that Enterprise Security is there, and make risk and notable events as it does
    #[arg(long)]
    es: bool,
    /// Read content and apps again when a file of them changes; events stay
    #[cfg(feature = "watch")]
    #[arg(long)]
    watch: bool,
    /// Keep events and settings in this folder; what is acknowledged is there after a crash
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Megabytes of events in memory; past them the collector is busy
    #[arg(long, value_name = "MB", default_value_t = 4096)]
    max_memory: usize,
    /// Megabytes of a body that the collector takes
    #[arg(long, value_name = "MB", default_value_t = 800)]
    max_body: usize,
}

pub(super) fn run(args: &ServeArgs, common: &Common, sources: &Sources, io: &mut Io<'_>) -> Outcome {
    common.set_jobs();
    common.check_folder()?;
    let config = common.load_config(sources)?;
    let certificate = match (&args.cert, &args.key) {
        (Some(cert), Some(key)) => Some(Certificate::read(cert, key)?),
        _ => None,
    };
    let secret = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let options = Options {
        bind: args.bind,
        api_port: args.api_port,
        hec_port: args.hec_port,
        plain: args.no_tls,
        certificate,
        password: secret("MUSTER_PASSWORD"),
        token: secret("MUSTER_HEC_TOKEN"),
        ack: args.ack,
        es: args.es,
        data_dir: args.data_dir.clone(),
        indexes: config.indexes.clone(),
        max_memory: args.max_memory << 20,
        max_body: args.max_body << 20,
    };
    let path = common.path.clone();
    #[cfg(feature = "watch")]
    let apps = config.apps.clone();
    let load: Load = Box::new(move |written: Option<App>, content: Option<Arc<Content>>| -> Result<Loaded, Vec<Diagnostic>> {
        let sources = Sources::new();
        let content = content.unwrap_or_else(|| Arc::new(Content::load(&path, &sources)));
        let setup = Setup { content: &content, sources: &sources, config: &config };
        let mut notices = Vec::new();
        let knowledge = engine::knowledge_with(setup, written, &mut notices)?;
        let geoip = engine::geoip(&config)?;
        let shared = Environment::new(knowledge, &sources, &mut notices).with_geoip(geoip).shared();
        Ok(Loaded { shared, content })
    });
    #[cfg(feature = "watch")]
    let watch = args.watch.then(|| Watch::new(&common.path, &apps)).transpose()?;
    // What the server itself writes is no change of the content.
    #[cfg(feature = "watch")]
    let own = args.data_dir.as_ref().and_then(|folder| own_folder(folder, &common.path));
    let ready = |control: Control| {
        #[cfg(feature = "watch")]
        if let Some(watch) = watch {
            std::thread::spawn(move || stay(&watch, &own, &control));
        }
        #[cfg(not(feature = "watch"))]
        drop(control);
    };
    serve::run(options, load, io.stdout, ready)?;
    Ok(exit::OK)
}

/// The folder of the data as its files are named when they change; none if it is not there yet.
#[cfg(feature = "watch")]
fn own_folder(folder: &Path, root: &Path) -> Option<String> {
    let (folder, root) = (std::path::absolute(folder).ok()?, std::fs::canonicalize(root).ok()?);
    let name = folder.strip_prefix(&root).unwrap_or(&folder).to_string_lossy().replace('\\', "/");
    Some(format!("{name}/"))
}

/// Reads the content again whenever it changes, as long as the server runs.
#[cfg(feature = "watch")]
fn stay(watch: &Watch, own: &Option<String>, control: &Control) {
    // The thread ends with the program.
    let never = AtomicBool::new(false);
    loop {
        let changed = watch.next(&never);
        let is_own = |file: &String| own.as_ref().is_some_and(|own| file.starts_with(own) || *own == format!("{file}/"));
        let files: Vec<String> = changed.into_iter().filter(|file| !is_own(file)).collect();
        if files.is_empty() {
            continue;
        }
        match control.reload() {
            None => return,
            Some(Ok(count)) => eprintln!("{} changed: {count} detections are served", files.join(", ")),
            Some(Err(problems)) => {
                let texts: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
                eprintln!("{} changed and cannot be used; what was read before stays: {}", files.join(", "), texts.join("; "));
            }
        }
    }
}
