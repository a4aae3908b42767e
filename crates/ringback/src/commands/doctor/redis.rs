//! Whether the servers of the store are set so that nothing is lost.

use ringback_adapters::redis::Severity;
use ringback_adapters::store::AnyStore;
use ringback_ports::clock::Clock;

/// What is kept, or every setting by which callbacks may be lost.
pub(super) async fn check(address: &str) -> anyhow::Result<String> {
    let store = AnyStore::open(address, Clock::system()).await?;
    let faults = store.setting_faults().await?;
    let texts = |is_note: bool| {
        let those = faults
            .iter()
            .filter(|it| (it.severity == Severity::Note) == is_note);
        those
            .map(|it| it.text.as_str())
            .collect::<Vec<_>>()
            .join("; ")
    };
    let (wrong, notes) = (texts(false), texts(true));
    anyhow::ensure!(wrong.is_empty(), "{wrong}");
    Ok(match (store, notes.as_str()) {
        (AnyStore::Memory(_), _) => "kept until the process ends".to_owned(),
        (AnyStore::Sqlite(_), _) => "on disk when answered".to_owned(),
        (AnyStore::Redis(_), "") => "nothing is evicted, all is kept".to_owned(),
        (AnyStore::Redis(_), notes) => format!("nothing is evicted; note: {notes}"),
    })
}
