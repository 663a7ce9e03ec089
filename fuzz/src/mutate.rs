//! Mutations: bytes, words, and whole elements, so that many results are still XML. Deterministic by seed.

/// A source of numbers (splitmix64).
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, or 0 when that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.number() % limit.max(1) as u64) as usize
    }
}

/// Inputs stay below this size.
const LARGEST: usize = 64 * 1024;

/// A changed copy of `input`; `other` is what is spliced in.
pub fn mutate(input: &[u8], other: &[u8], words: &[&str], random: &mut Random) -> Vec<u8> {
    let mut out = input.to_vec();
    for _ in 0..1 + random.below(4) {
        once(&mut out, other, words, random);
    }
    out.truncate(LARGEST);
    out
}

fn once(out: &mut Vec<u8>, other: &[u8], words: &[&str], random: &mut Random) {
    let at = random.below(out.len() + 1);
    match random.below(12) {
        0 => {
            if let Some(byte) = out.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => out.truncate(at),
        2 => {
            let end = (at + random.below(16)).min(out.len());
            out.drain(at..end);
        }
        3 => {
            let from = random.below(other.len());
            let to = (from + random.below(256)).min(other.len());
            out.splice(at..at, other[from..to].iter().copied());
        }
        4 | 5 => {
            if let Some(word) = words.get(random.below(words.len())) {
                out.splice(at..at, word.bytes());
            }
        }
        // A word at the end of a start tag, where attributes go, or between two tags, where children go.
        6 | 7 => {
            let places: Vec<usize> = (1..out.len()).filter(|at| out[*at] == b'>').collect();
            let (Some(place), Some(word)) =
                (places.get(random.below(places.len())), words.get(random.below(words.len())))
            else {
                return;
            };
            let inside = word.starts_with(' ');
            let place = if !inside {
                place + 1
            } else if out[place - 1] == b'/' {
                place - 1
            } else {
                *place
            };
            out.splice(place..place, word.bytes());
        }
        8 => {
            let numbers: Vec<usize> = (0..out.len()).filter(|at| out[*at].is_ascii_digit()).collect();
            if let Some(place) = numbers.get(random.below(numbers.len())) {
                out[*place] = b'0' + random.below(10) as u8;
            }
        }
        kind => elements(out, kind, random),
    }
}

/// Drops, doubles or swaps elements, or puts one within another.
fn elements(out: &mut Vec<u8>, kind: usize, random: &mut Random) {
    let found = ranges(out);
    if found.is_empty() {
        return;
    }
    let (a, b) = (found[random.below(found.len())], found[random.below(found.len())]);
    let copy = out[a.0..a.1].to_vec();
    match kind {
        9 => drop(out.drain(a.0..a.1)),
        10 => drop(out.splice(b.0..b.0, copy)),
        _ if a.1 <= b.0 => {
            let later = out[b.0..b.1].to_vec();
            out.splice(b.0..b.1, copy);
            out.splice(a.0..a.1, later);
        }
        _ => drop(out.splice(b.0..b.1, copy)),
    }
}

/// Byte ranges of what look like elements: good enough for inputs that need not be well-formed.
fn ranges(bytes: &[u8]) -> Vec<(usize, usize)> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(|byte| *byte == b'<').map(|next| at + next) {
        let Some(end) = bytes[start..].iter().position(|byte| *byte == b'>').map(|next| start + next + 1)
        else {
            break;
        };
        match (bytes.get(start + 1), bytes[end - 2]) {
            (Some(b'!' | b'?'), _) => {}
            (Some(b'/'), _) => found.extend(open.pop().map(|start| (start, end))),
            (_, b'/') => found.push((start, end)),
            _ => open.push(start),
        }
        at = end;
    }
    found
}
