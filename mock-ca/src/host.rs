//! By which name a client calls this machine. A page from elsewhere can have its own name point here and then reads
//! whatever is answered (DNS rebinding), so what hands out codes or control answers to this machine's names only.

use std::net::{Ipv6Addr, SocketAddr};

use http::Request;
use http::header::HOST;
use http::uri::Authority;

/// What others are told.
pub(crate) const NOT_LOCAL: &str = "call this machine by a loopback address or as localhost";

/// Whether every `Host` of a request is `localhost` or a loopback address; none at all is a program's, not a browser's.
pub(crate) fn is_local(request: &Request<Vec<u8>>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    hosts.all(|host| host.to_str().is_ok_and(names_this_machine))
}

fn names_this_machine(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host();
    let bare = name.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    name.eq_ignore_ascii_case("localhost")
        || match bare {
            Some(address) => address.parse().is_ok_and(|it: Ipv6Addr| it.is_loopback()),
            None => format!("{name}:0")
                .parse()
                .is_ok_and(|it: SocketAddr| it.ip().is_loopback()),
        }
}
