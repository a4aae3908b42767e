//! What an installation lacks that calls will need. Nobody is rung, and nothing is made.

use super::AsteriskClient;
use super::rest::AriError;

/// Modules without which calls go wrong only when it is too late, and what they are for.
const MODULES: [(&str, &str); 5] = [
    ("app_stasis.so", "every call"),
    ("app_amd.so", "answering machine detection"),
    (
        "func_hangupcause.so",
        "the results of calls that nobody listened to",
    ),
    ("res_pjsip_header_funcs.so", "headers of calls"),
    ("chan_bridge_media.so", "music while a customer waits"),
];

impl AsteriskClient {
    /// What is missing for calls over these trunk groups, one line each.
    ///
    /// # Errors
    /// When Asterisk stops answering or refuses the account.
    pub async fn missing(&self, trunks: &[String]) -> Result<Vec<String>, String> {
        let found = async {
            let mut missing = self.missing_modules().await?;
            for trunk in trunks {
                missing.extend(self.missing_trunk(trunk).await?);
            }
            let app = &self.shared.ari.app;
            if self
                .shared
                .ari
                .look(&["applications", app])
                .await?
                .is_none()
            {
                missing.push(format!("the application {app} is not registered"));
            }
            Ok(missing)
        };
        found.await.map_err(|error: AriError| error.to_string())
    }

    async fn missing_modules(&self) -> Result<Vec<String>, AriError> {
        let mut missing = Vec::new();
        for (module, what_for) in MODULES {
            let found = self
                .shared
                .ari
                .look(&["asterisk", "modules", module])
                .await?;
            if found.is_none_or(|found| found["status"] != "Running") {
                missing.push(format!(
                    "the module {module} is not loaded, which {what_for} needs"
                ));
            }
        }
        Ok(missing)
    }

    /// An endpoint that cannot be looked up by its name, e.g. one that is an address, is not doubted.
    async fn missing_trunk(&self, trunk: &str) -> Result<Option<String>, AriError> {
        let Some(endpoint) = self.shared.address.customer("0", trunk) else {
            return Ok(Some(format!(
                "_trunk_group '{trunk}' cannot be dialed: it must be letters, digits, '+', '-', '_' and '.'"
            )));
        };
        let named = endpoint.split_once('/');
        let named =
            named.and_then(|(technology, rest)| Some((technology, rest.split_once('@')?.1)));
        let Some((technology, name)) = named else {
            return Ok(None);
        };
        let found = self
            .shared
            .ari
            .look(&["endpoints", technology, name])
            .await?;
        Ok(match found {
            None => Some(format!(
                "the endpoint {technology}/{name} of _trunk_group '{trunk}' is unknown"
            )),
            Some(found) if found["state"] == "offline" => Some(format!(
                "the endpoint {technology}/{name} of _trunk_group '{trunk}' is offline"
            )),
            Some(_) => None,
        })
    }
}
