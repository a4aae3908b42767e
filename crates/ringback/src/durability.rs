//! Whether the store keeps what is accepted.

use anyhow::bail;
use ringback_adapters::redis::Severity;
use ringback_adapters::store::AnyStore;
use ringback_workers::watched::Chain;

/// Says at the start what of the store's settings may lose something.
///
/// # Errors
/// When the store throws away what it was given: to take a request into it would be a promise that is not kept.
pub async fn check(store: &AnyStore) -> anyhow::Result<()> {
    let faults = match store.setting_faults().await {
        Ok(faults) => faults,
        // It was there a moment ago, and is waited for like at any other time.
        Err(error) => {
            tracing::warn!(error = %Chain(&error), "failed to read the settings of the store");
            return Ok(());
        }
    };
    for fault in faults {
        match fault.severity {
            Severity::Evicts => bail!("the store cannot be used: {}", fault.text),
            Severity::Loses => tracing::error!("callbacks may be lost: {}", fault.text),
            Severity::Note => tracing::warn!("{}", fault.text),
        }
    }
    Ok(())
}
