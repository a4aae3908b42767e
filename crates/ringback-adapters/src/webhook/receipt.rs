//! What came back: an answer, or what became of the attempt.

use std::error::Error;
use std::io;
use std::time::{Duration, SystemTime};

use reqwest::Response;
use reqwest::header::{DATE, HeaderName, RETRY_AFTER};
use ringback_core::time::Timestamp;
use ringback_ports::sender::{Failure, Receipt, SendError};

use super::resolver::LookupError;

/// How much of an answer's body is read, in bytes, so that the connection can be used again.
const MAX_BODY: usize = 64 * 1024;

/// How much of it is kept, in bytes.
const KEPT: usize = 512;

/// The status is known, so it does not matter how reading the rest ends.
pub(super) async fn receipt(response: Response, now: Timestamp) -> Receipt {
    Receipt {
        status: response.status().as_u16(),
        retry_after: retry_after(&response, now),
        answer: read(response).await,
    }
}

/// Whole seconds, or a date (RFC 9110), which is read by the target's own clock when it tells what that shows.
fn retry_after(response: &Response, now: Timestamp) -> Option<Duration> {
    let header = |name: HeaderName| response.headers().get(name)?.to_str().ok().map(str::trim);
    let value = header(RETRY_AFTER)?;
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let dated = header(DATE).and_then(|date| httpdate::parse_http_date(date).ok());
    let own = Duration::from_millis(u64::try_from(now.as_millis()).unwrap_or_default());
    let wait = until.duration_since(dated.unwrap_or(SystemTime::UNIX_EPOCH + own));
    wait.ok().filter(|wait| !wait.is_zero())
}

/// Reads the body so that the connection is free again; a long one ends the connection instead. Gives its beginning.
async fn read(mut response: Response) -> String {
    let mut kept = Vec::new();
    let mut room = MAX_BODY;
    while let Ok(Some(part)) = response.chunk().await {
        let wanted = part.len().min(KEPT - kept.len());
        kept.extend_from_slice(part.get(..wanted).unwrap_or_default());
        match room.checked_sub(part.len()) {
            Some(left) => room = left,
            None => break,
        }
    }
    text(&kept)
}

/// Bytes that are no text and control characters give way to what can be shown; a character that was cut is left out.
fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let whole = match bytes.len() {
        KEPT => text.trim_end_matches(char::REPLACEMENT_CHARACTER),
        _ => &text,
    };
    let visible = |character: char| match character.is_control() {
        true => ' ',
        false => character,
    };
    whole.chars().map(visible).collect()
}

/// What a failed attempt means for the next one.
pub(super) fn failure(error: &reqwest::Error) -> SendError {
    if let Some(LookupError::Forbidden(refused)) = cause(error) {
        return SendError::Forbidden(refused.to_string());
    }
    if error.is_builder() {
        return SendError::Forbidden("no request can be made of it".to_owned());
    }
    SendError::Failed(if error.is_timeout() {
        Failure::Timeout
    } else if cause::<rustls::Error>(error).is_some() {
        Failure::Tls
    } else if error.is_connect() {
        Failure::Connect
    } else {
        Failure::Broken
    })
}

/// The first cause of this type.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An I/O error says what it was made of, but not as its source.
        let inner = error.downcast_ref().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_as_text_that_can_be_shown() {
        let cut = [b"x".repeat(KEPT - 1).as_slice(), &"\u{fc}".as_bytes()[..1]].concat();
        for (bytes, expected) in [
            (
                &b"no\r\n\tsuch\0thing\x1b[31m"[..],
                "no   such thing [31m".to_owned(),
            ),
            (
                b"gr\xc3\xbcn \xff\xfe",
                "gr\u{fc}n \u{fffd}\u{fffd}".to_owned(),
            ),
            (b"", String::new()),
            (&cut, "x".repeat(KEPT - 1)),
        ] {
            assert_eq!(text(bytes), expected);
        }
    }
}
