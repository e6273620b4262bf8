//! Whether scenarios that are run together leave their folders and pages in places of their own.

use std::collections::BTreeMap;

use scenarios::scenario::Scenario;

/// Why they do not, if they do not: `words` are those of the command line.
pub(super) fn clash(words: &[String]) -> Option<String> {
    let mut seen: BTreeMap<String, &String> = BTreeMap::new();
    for word in words {
        let name = Scenario::called(word);
        if name == INDEX {
            return Some(format!(
                "{word}: a scenario cannot be called «{INDEX}», as the page over all scenarios is"
            ));
        }
        if let Some(other) = seen.insert(name.clone(), word) {
            return Some(if other == word {
                format!("{word} is named twice, and both would leave the same folder")
            } else {
                format!(
                    "{other} and {word} are both called «{name}» and would leave the same folder"
                )
            });
        }
    }
    None
}

/// The page over all scenarios of a report, without its ending.
const INDEX: &str = "index";

#[cfg(test)]
mod tests {
    use super::clash;

    fn told(words: &[&str]) -> Option<String> {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        clash(&words)
    }

    #[test]
    fn two_files_of_one_name_are_refused() {
        let why = told(&["aa/x.toml", "y.toml", "bb/x.toml"]).expect("a clash");
        assert!(
            why.starts_with("aa/x.toml and bb/x.toml are both called «x»"),
            "{why}"
        );
    }

    #[test]
    fn a_file_with_a_shipped_ones_name_is_refused_beside_it() {
        assert!(told(&["code-late", "mine/code-late.toml"]).is_some());
    }

    #[test]
    fn one_scenario_twice_is_refused() {
        assert!(told(&["code-late", "code-late"]).is_some());
    }

    #[test]
    fn a_scenario_called_index_is_refused() {
        assert!(told(&["mine/index.toml"]).is_some());
    }

    #[test]
    fn scenarios_with_names_of_their_own_are_run() {
        assert_eq!(told(&["code-late", "aa/x.toml", "aa/y.toml"]), None);
    }
}
