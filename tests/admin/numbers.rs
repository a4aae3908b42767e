//! `/genesys/1/phonenumber`

use serde_json::json;

use super::CONFIG;
use crate::harness::Up;

#[tokio::test]
async fn phonenumber_tells_what_its_plan_says() {
    let up = Up::start(CONFIG, "").await;
    let (status, answer) = up
        .client
        .get("/genesys/1/phonenumber?number=030+901820&country=DE")
        .await;
    assert_eq!(status, 200, "{answer}");
    let expected = json!({
        "number-E164": "+4930901820",
        "number-national": "030 901820",
        "number-international": "+49 30 901820",
        "number-type": "FIXED_LINE",
        "is-valid-number": true,
        "is-possible-number": true,
        "is-premium": false,
        "region-code": "DE",
        "country-code": 49,
        "time-zone": ["Europe/Berlin", "Europe/Busingen"],
    });
    assert_eq!(answer, expected);
    let (_, premium) = up
        .client
        .get("/genesys/phonenumber?number=9002345678")
        .await;
    assert_eq!(
        (&premium["is-premium"], &premium["number-type"]),
        (&json!(true), &json!("PREMIUM_RATE"))
    );
    let (_, short) = up.client.get("/genesys/1/phonenumber?number=5115").await;
    assert_eq!(
        (&short["is-possible-number"], &short["is-valid-number"]),
        (&json!(false), &json!(false))
    );

    for (query, exception, says) in [
        ("", "CallbackExceptionInvalid", "'number'"),
        (
            "number=5115&country=Mars",
            "CallbackExceptionInvalid",
            "'Mars'",
        ),
        ("number=nobody", "CallbackExceptionNumber", "country US"),
        (
            "number=5115&region=US",
            "CallbackExceptionInvalid",
            "region",
        ),
    ] {
        let (status, answer) = up
            .client
            .get(&format!("/genesys/1/phonenumber?{query}"))
            .await;
        assert_eq!(
            (status, answer["exception"].as_str()),
            (400, Some(exception)),
            "{query}"
        );
        assert!(
            answer["message"].as_str().unwrap().contains(says),
            "{query}: {answer}"
        );
    }
}
