//! Decimal text as it is read.

/// Decimal text with its integer digits in groups of three. Text that is no plain decimal stays as it came.
#[must_use]
pub fn group(number: &str) -> String {
    let (sign, rest) = match number.strip_prefix(['-', '+']) {
        Some(rest) => (number.get(..1).unwrap_or(""), rest),
        None => ("", number),
    };
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || fraction.is_some_and(|fraction| !digits(fraction)) {
        return number.to_owned();
    }
    let mut grouped = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::group;

    #[test]
    fn numbers_are_grouped_as_text_and_never_rounded() {
        assert_eq!(group("1234567.10"), "1,234,567.10");
        assert_eq!(group("-123456789012345678901234567890"), "-123,456,789,012,345,678,901,234,567,890");
        assert_eq!(group("12"), "12");
        assert_eq!(group("1e9"), "1e9");
        assert_eq!(group(".5"), ".5");
        assert_eq!(group("1.2.3"), "1.2.3");
        assert_eq!(group(""), "");
    }
}
