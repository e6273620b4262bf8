//! Which browser it is, as far as it says.

/// Whether this is Internet Explorer 8 or later, by its User-Agent.
///
/// Its compatibility view calls itself `MSIE 7.0`, so the engine's name decides first: Trident/4 came with version 8.
pub(super) fn is_internet_explorer_8(user_agent: &str) -> bool {
    match (major(user_agent, "Trident/"), major(user_agent, "MSIE ")) {
        (Some(trident), _) => trident >= 4,
        (None, Some(version)) => version >= 8,
        (None, None) => false,
    }
}

/// The number before the first dot after `name`.
fn major(user_agent: &str, name: &str) -> Option<u32> {
    let (_, rest) = user_agent.split_once(name)?;
    rest.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::is_internet_explorer_8;

    #[test]
    fn versions_from_8_on_are_known_by_their_own_words() {
        for (expected, agent) in [
            (false, "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"),
            (false, "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)"),
            (
                true,
                "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
            ),
            (
                true,
                "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/5.0)",
            ),
            (
                true,
                "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
            ),
            (
                true,
                "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko",
            ),
            (
                false,
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
            ),
            (false, "MSIE x"),
            (false, ""),
        ] {
            assert_eq!(is_internet_explorer_8(agent), expected, "{agent}");
        }
    }
}
