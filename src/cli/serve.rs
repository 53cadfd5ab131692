//! `muster serve`.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::content::Content;
use crate::diagnostic::{Diagnostic, Sources};
use crate::engine::Environment;
use crate::knowledge::App;
use crate::serve::{self, Certificate, Load, Loaded, Options};

use super::common::{Common, Io};
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

pub(super) fn run(args: &ServeArgs, common: &Common, io: &mut Io<'_>) -> io::Result<u8> {
    common.set_jobs();
    let sources = Sources::new();
    let config = match common.load_config(&sources) {
        Ok(config) => config,
        Err(problems) => {
            common.complain(&problems, &sources, io)?;
            return Ok(exit::for_problems(&problems));
        }
    };
    let certificate = match (&args.cert, &args.key) {
        (Some(cert), Some(key)) => match Certificate::read(cert, key) {
            Ok(certificate) => Some(certificate),
            Err(problem) => {
                common.complain([&problem], &sources, io)?;
                return Ok(exit::USAGE);
            }
        },
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
    match serve::run(options, load, io.stdout) {
        Ok(()) => Ok(exit::OK),
        Err(problems) => {
            common.complain(&problems, &sources, io)?;
            Ok(exit::for_problems(&problems))
        }
    }
}
