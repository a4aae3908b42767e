//! Conversations whose dialer has died are ended when one side has gone: nobody else is left to do it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::Shared;
use super::rest::AriError;

/// How often is looked. A bridge that has held one channel alone for that long is left behind: who owns it ends it at once.
const EVERY: Duration = Duration::from_secs(15);

/// Looks until the last clone of the dialer is gone.
pub(super) async fn sweep(shared: Arc<Shared>) {
    let mut suspects = HashSet::new();
    loop {
        tokio::time::sleep(EVERY).await;
        match look(&shared, &suspects).await {
            Ok(found) => suspects = found,
            // Nothing is known of this time; what was suspected is looked at again.
            Err(error) => tracing::debug!(%error, "bridges were not looked at"),
        }
    }
}

/// Ends what was suspected before and still is as it was; what is suspected now.
async fn look(shared: &Shared, suspects: &HashSet<String>) -> Result<HashSet<String>, AriError> {
    let mut found = HashSet::new();
    for bridge in shared.ari.bridges().await? {
        let Some((id, channels)) = left_behind(&bridge) else {
            continue;
        };
        if !suspects.contains(id) {
            found.insert(id.to_owned());
            continue;
        }
        tracing::info!(
            bridge = id,
            "ending a conversation that nobody owns any more"
        );
        for channel in channels {
            shared.ari.hang_up(channel).await?;
        }
        shared.ari.remove_bridge(id).await?;
    }
    Ok(found)
}

/// A bridge of ours in which two should talk and one or nobody is.
fn left_behind(bridge: &Value) -> Option<(&str, Vec<&str>)> {
    let id = bridge.get("id")?.as_str()?;
    let channels = bridge.get("channels")?.as_array()?;
    let is_ours = id.starts_with("b00-") && id.ends_with('-');
    let channels: Vec<_> = channels.iter().filter_map(Value::as_str).collect();
    (is_ours && channels.len() < 2).then_some((id, channels))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_our_bridges_with_one_side_gone_are_left_behind() {
        let of = |id: &str, channels: Value| json!({ "id": id, "channels": channels });
        let alone = of("b00-07-1-c-001-", json!(["a01-07-1-c-001-"]));
        let found = left_behind(&alone);
        assert_eq!(found, Some(("b00-07-1-c-001-", vec!["a01-07-1-c-001-"])));
        for other in [
            of("b00-07-1-c-001-", json!(["one", "two"])),
            of("conference", json!(["one"])),
            json!({ "id": "b00-x-" }),
            json!(7),
        ] {
            assert_eq!(left_behind(&other), None, "{other}");
        }
    }
}
