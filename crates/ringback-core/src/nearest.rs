//! The known name that looks most like an unknown one, for error messages.

/// How many characters of an unknown name are compared with the known ones.
const MEASURED: usize = 80;

/// The one of `known` that looks most like `name`, if one is close.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = name.chars().take(MEASURED).count() / 3 + 1;
    known
        .into_iter()
        .map(|known| (distance(name, known), known))
        .filter(|(steps, _)| *steps <= far)
        .min()
        .map(|(_, known)| known)
}

/// The end of an error message that offers `nearest`.
pub fn offer(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(", did you mean '{name}'?"))
}

/// Levenshtein's edit distance.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().take(MEASURED).enumerate() {
        let mut diagonal = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, b) in other.iter().enumerate() {
            let (left, above) = (row[j], row[j + 1]);
            let kept = diagonal + usize::from(a != *b);
            diagonal = above;
            row[j + 1] = kept.min(left + 1).min(above + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}
