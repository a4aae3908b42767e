//! `ringback up` of one test's own.

use std::process::Command;

use super::{Client, Process, RINGBACK, free_port};

/// Everything in one process, in a temporary folder.
pub struct Up {
    pub client: Client,
    process: Process,
    pub folder: tempfile::TempDir,
    url: String,
}

impl Up {
    /// With this configuration and the simulated phone network at this pace.
    pub async fn start(config: &str, pace: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder, config, pace).await
    }

    /// In a folder that holds what the configuration names.
    pub async fn start_in(folder: tempfile::TempDir, config: &str, pace: &str) -> Self {
        std::fs::write(folder.path().join("ringback.toml"), config).unwrap();
        let listen = free_port();
        let (api, telephony) = (listen.to_string(), format!("sim:?{pace}"));
        let rooms = ["up", "--store", "memory:", "--listen", &api];
        let more = ["--telephony", &telephony, "--config", "ringback.toml"];
        let process = Process::start(folder.path(), &[&rooms[..], &more].concat());
        let client = Client::new(listen);
        client.until_ready().await;
        let url = format!("http://{listen}");
        Self {
            client,
            process,
            folder,
            url,
        }
    }

    /// Everything it has logged.
    pub fn said(&self) -> String {
        self.process.said()
    }

    /// What the command line says about this Ringback, and whether it worked.
    pub fn say(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(RINGBACK);
        let command = command.args(arguments).args(["--url", &self.url]);
        let output = command
            .env_clear()
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }
}
