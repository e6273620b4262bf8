//! A part of the suite for one of several machines.

use std::str::FromStr;

/// The `index`th of `count` parts, from 1. Every scenario is in exactly one part, whatever machine asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

impl Shard {
    /// The scenarios of this part: every `count`th, so that long neighbours are spread.
    pub fn of<T: Clone>(self, all: &[T]) -> Vec<T> {
        let ours = all.iter().skip(self.index - 1).step_by(self.count);
        ours.cloned().collect()
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "a part is I/N with I from 1 to N: 1/3".to_owned();
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        let index = index.parse().map_err(|_| wrong())?;
        let count = count.parse().map_err(|_| wrong())?;
        if (1..=count).contains(&index) {
            Ok(Self { index, count })
        } else {
            Err(wrong())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn every_scenario_is_in_exactly_one_part() {
        let all: Vec<_> = (0..10).collect();
        let mut together: Vec<i32> = ["1/3", "2/3", "3/3"]
            .iter()
            .flat_map(|part| part.parse::<Shard>().expect("a part").of(&all))
            .collect();
        together.sort_unstable();
        assert_eq!(together, all);
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for text in ["", "1", "0/3", "4/3", "a/b", "1/0"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
