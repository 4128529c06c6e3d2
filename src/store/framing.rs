//! A line of the journal: eight hexadecimal digits with the CRC-32 of the JSON, a space, the JSON, a line break.

/// Bytes of the checksum and the space after it.
const HEAD: usize = 9;

/// The line for a JSON text, with its line break.
#[must_use]
pub fn encode(json: &[u8]) -> Vec<u8> {
    let mut line = head(json).into_bytes();
    line.extend_from_slice(json);
    line.push(b'\n');
    line
}

/// The JSON of a line without its line break; `None` when the line was changed.
#[must_use]
pub fn decode(line: &[u8]) -> Option<&[u8]> {
    let (found, json) = line.split_at_checked(HEAD)?;
    (found == head(json).as_bytes()).then_some(json)
}

fn head(json: &[u8]) -> String {
    format!("{:08x} ", crc32fast::hash(json))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, encode};

    #[test]
    fn a_line_can_be_checked_with_other_tools() {
        // The published check value of CRC-32 is that of `123456789`.
        assert_eq!(encode(b"123456789"), b"cbf43926 123456789\n");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = decode(&bytes);
        }

        #[test]
        fn one_changed_byte_is_noticed(json in "[ -~]{0,60}", at: prop::sample::Index, change in 1_u8..) {
            let line = encode(json.as_bytes());
            let mut line = line[..line.len() - 1].to_vec();
            prop_assert_eq!(decode(&line), Some(json.as_bytes()));
            let at = at.index(line.len());
            line[at] ^= change;
            prop_assert_eq!(decode(&line), None);
        }
    }
}
