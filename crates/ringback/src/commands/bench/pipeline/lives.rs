//! The four workers and the phone network.

use std::fmt::Write;

use super::super::FREELY;
use super::super::processes::{Processes, Shared, free_port};
use super::TRUNK;
use crate::args::BenchPipeline;

/// The four workers and the phone network.
pub struct Lives {
    /// Where the API is.
    pub api: String,
    /// Where the phone network is.
    pub phone: String,
    pub processes: Processes,
    _folder: tempfile::TempDir,
}

impl Lives {
    pub async fn start(options: &BenchPipeline) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let config = folder.path().join("bench.toml");
        tokio::fs::write(&config, configuration(options.agents)?).await?;
        let (api, phone) = (free_port().await?, free_port().await?);
        let mut processes = Processes::none()?;
        let listen = phone.to_string();
        processes.spawn(&[
            "phone-network",
            "--listen",
            &listen,
            "--options",
            "instant=true",
        ])?;
        processes.until_open(phone).await?;
        let (listen, telephony) = (api.to_string(), format!("sim://{phone}"));
        let shared = Shared {
            store: &options.rooms.store,
            bus: &options.rooms.bus,
            config: &config.display().to_string(),
        };
        let roles: [(&str, &[&str]); 4] = [
            ("ingest", &["--listen", &listen]),
            ("scheduler", &[]),
            ("dialer", &["--telephony", &telephony]),
            ("notifier", &[]),
        ];
        for (role, more) in roles {
            processes.spawn_worker(role, &shared, more).await?;
        }
        processes.until_ready().await?;
        Ok(Self {
            api: format!("http://{api}"),
            phone: telephony,
            processes,
            _folder: folder,
        })
    }
}

fn configuration(agents: u32) -> Result<String, std::fmt::Error> {
    let mut text = format!(
        "[services.bench]\n{FREELY}template = \"User Terminated Immediate\"\n_target = \"Bench@Stat.GA\"\n\
         _urs_virtual_queue = \"VQ_Bench\"\n_trunk_group = \"{TRUNK}\"\n_ttl = 600\n"
    );
    for number in 0..agents {
        writeln!(
            text,
            "[agents.Bench{number}]\ngroups = [\"Bench\"]\ndn = \"{}\"\nstate = \"ready\"",
            8000 + u64::from(number) * 100
        )?;
    }
    Ok(text)
}
