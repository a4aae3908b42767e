//! Days of the week by name, counted from Monday, which is 0.

/// Long names; their first three letters are the short ones.
const NAMES: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Reads `Mon` or `Monday`, in any case.
pub fn weekday(text: &str) -> Option<usize> {
    let text = text.trim();
    NAMES.iter().position(|name| {
        let is = |name: &str| name.eq_ignore_ascii_case(text);
        is(name) || name.get(..3).is_some_and(is)
    })
}

/// Reads `Mon`, `Mon-Fri`, `Sat-Mon` or a list of these, as `Mon,Wed-Fri`: which of the seven days are meant.
pub fn weekdays(text: &str) -> Option<[bool; 7]> {
    let mut meant = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (weekday(first)?, weekday(last)?);
        let days = (last + 7 - first) % 7;
        for day in first..=first + days {
            meant[day % 7] = true;
        }
    }
    Some(meant)
}
