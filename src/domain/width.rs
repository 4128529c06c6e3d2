//! Full-width characters of Chinese input methods and their ASCII twins.

/// Punctuation that Chinese input methods put in the place of an ASCII key, outside the full-width block.
const PUNCTUATION: [(char, char); 13] = [
    ('\u{3000}', ' '),
    ('。', '.'),
    ('、', '/'),
    ('【', '['),
    ('】', ']'),
    ('《', '<'),
    ('》', '>'),
    ('“', '"'),
    ('”', '"'),
    ('‘', '\''),
    ('’', '\''),
    ('·', '`'),
    ('￥', '$'),
];

/// A full-width letter, digit or punctuation mark as its ASCII twin; any other character as it is.
#[must_use]
pub fn narrow(character: char) -> char {
    match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        _ => PUNCTUATION.iter().find(|(wide, _)| *wide == character).map_or(character, |(_, ascii)| *ascii),
    }
}
