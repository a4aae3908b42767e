//! However an address is written, it is the same address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use url::{Host, Url};

use super::super::AllowList;

/// What nobody may reach from here, told apart by other means than those under test.
fn is_closed(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let metadata = [
        [169, 254, 169, 254],
        [100, 100, 100, 200],
        [168, 63, 129, 16],
    ];
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a == 100 && b & 0xc0 == 64
        || a >= 240
        || metadata.contains(&address.octets())
}

fn closed_v4() -> impl Strategy<Value = Ipv4Addr> {
    let within = |base: [u8; 4], bits: u32| {
        any::<u32>().prop_map(move |random| {
            let mask = u32::MAX.checked_shr(bits).unwrap_or(0);
            Ipv4Addr::from(u32::from(Ipv4Addr::from(base)) | random & mask)
        })
    };
    prop_oneof![
        within([0, 0, 0, 0], 8),
        within([10, 0, 0, 0], 8),
        within([100, 64, 0, 0], 10),
        within([127, 0, 0, 0], 8),
        within([169, 254, 0, 0], 16),
        within([172, 16, 0, 0], 12),
        within([192, 168, 0, 0], 16),
        within([224, 0, 0, 0], 3),
        Just(Ipv4Addr::new(169, 254, 169, 254)),
        Just(Ipv4Addr::new(100, 100, 100, 200)),
        Just(Ipv4Addr::new(168, 63, 129, 16)),
    ]
}

/// A number as the C library of old read it.
fn number(value: u32, base: u8) -> String {
    match base % 4 {
        0 => value.to_string(),
        1 => format!("0x{value:x}"),
        2 => format!("0X{value:08X}"),
        _ => format!("0{value:o}"),
    }
}

/// One to four parts, the last of which stands for all the bytes that are left.
fn parts(address: Ipv4Addr, count: usize, bases: [u8; 4]) -> String {
    let octets = address.octets();
    let (single, last) = octets.split_at(count - 1);
    let last = last
        .iter()
        .fold(0, |sum, octet| sum << 8 | u32::from(*octet));
    let all = single.iter().copied().map(u32::from).chain([last]);
    let all: Vec<_> = all
        .zip(bases)
        .map(|(value, base)| number(value, base))
        .collect();
    all.join(".")
}

/// The same text in characters that mean the same to a browser.
fn disguised(text: &str, ways: &[u8]) -> String {
    let disguise = |(character, way): (char, &u8)| match (character, way % 6) {
        (_, 0) => format!("%{:02x}", u32::from(character)),
        ('.', 1) => "\u{3002}".to_owned(),
        ('.', 2) => "\u{ff0e}".to_owned(),
        ('0'..='9' | 'a'..='z' | 'A'..='Z', 1 | 2) => char::from_u32(u32::from(character) + 0xfee0)
            .unwrap()
            .to_string(),
        _ => character.to_string(),
    };
    text.chars()
        .zip(ways.iter().cycle())
        .map(disguise)
        .collect()
}

/// An IPv4 address in one spelling of all.
fn spelled(address: Ipv4Addr) -> impl Strategy<Value = String> {
    let ways = prop::collection::vec(any::<u8>(), 1..40);
    let plain = Just(vec![5_u8]);
    (
        1..=4_usize,
        any::<[u8; 4]>(),
        prop_oneof![plain, ways],
        any::<bool>(),
    )
        .prop_map(move |(count, bases, ways, dot)| {
            let dot = if dot { "." } else { "" };
            disguised(&format!("{}{dot}", parts(address, count, bases)), &ways)
        })
}

/// All the ways of carrying an IPv4 address in an IPv6 one.
fn embedded(v4: Ipv4Addr, random: u64) -> [Ipv6Addr; 7] {
    let [a, b, c, d] = v4.octets();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let [r0, r1, r2, r3] = [0, 16, 32, 48].map(|by| u16::try_from(random >> by & 0xffff).unwrap());
    [
        v4.to_ipv6_mapped(),
        v4.to_ipv6_compatible(),
        Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
        // The local prefix leaves room for a longer one, with the address at its end or around the byte of zeros.
        Ipv6Addr::new(0x64, 0xff9b, 1, r0, r1, r2, high, low),
        Ipv6Addr::new(
            0x64,
            0xff9b,
            1,
            high,
            u16::from(c),
            u16::from(d) << 8,
            r0,
            r1,
        ),
        Ipv6Addr::new(0x2002, high, low, r0, r1, r2, r3, 1),
        // Teredo: the client's address, inverted.
        Ipv6Addr::new(0x2001, 0, r0, r1, r2, r3, !high, !low),
    ]
}

/// The same address in full, as short as can be, or with an IPv4 tail.
fn spelled_v6(address: Ipv6Addr, way: u8) -> String {
    let segments = address.segments();
    match way % 4 {
        0 => address.to_string(),
        1 => segments.map(|part| format!("{part:04X}")).join(":"),
        2 => segments.map(|part| format!("{part:x}")).join(":"),
        _ => {
            let [head @ .., _, _] = segments.map(|part| format!("{part:x}"));
            let [.., a, b, c, d] = address.octets();
            format!("{}:{a}.{b}.{c}.{d}", head.join(":"))
        }
    }
}

fn url(host: &str, around: u8) -> String {
    match around % 4 {
        0 => format!("http://{host}/"),
        1 => format!("HTTPS://user:password@{host}:8080/a?b#c"),
        2 => format!("http:\\\\{host}\\"),
        _ => format!(" http://@{host}:80"),
    }
}

fn host_of(url: &str) -> Option<IpAddr> {
    match Url::parse(url).ok()?.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_spelling_of_a_closed_address_passes(
        (address, spelling) in closed_v4().prop_flat_map(|address| (Just(address), spelled(address))),
        around: u8,
    ) {
        prop_assert!(is_closed(address));
        let url = url(&spelling, around);
        // Every one of them is understood, so none gets by as a name.
        prop_assert_eq!(host_of(&url), Some(address.into()), "{}", url);
        prop_assert!(AllowList::default().check(&url).is_err(), "{}", url);
    }

    #[test]
    fn no_address_that_carries_a_closed_one_passes(address in closed_v4(), random: u64, way: u8, around: u8) {
        for carrier in embedded(address, random) {
            let url = url(&format!("[{}]", spelled_v6(carrier, way)), around);
            prop_assert_eq!(host_of(&url), Some(carrier.into()), "{}", url);
            prop_assert!(AllowList::default().check(&url).is_err(), "{}", url);
        }
    }

    #[test]
    fn closed_networks_of_ipv6_do_not_pass(
        base in prop::sample::select(vec![(0_u16, 16_u32), (0x100, 16), (0xfc00, 7), (0xfe80, 10), (0xfec0, 10), (0xff00, 8)]),
        random: u128,
        way: u8,
    ) {
        let (first, bits) = base;
        let address = Ipv6Addr::from(u128::from(first) << 112 | random & (u128::MAX >> bits));
        let url = url(&format!("[{}]", spelled_v6(address, way)), 0);
        prop_assert_eq!(host_of(&url), Some(address.into()), "{}", url);
        prop_assert!(AllowList::default().check(&url).is_err(), "{}", url);
    }

    /// An address is a name, which is left to the resolver, or it is looked at as an address.
    #[test]
    fn whatever_is_written_a_closed_address_does_not_pass(host in "[0-9a-fxX.:%\\[\\]\u{ff10}-\u{ff19}\u{3002}-]{1,24}") {
        let url = url(&host, 0);
        let checked = AllowList::default().check(&url);
        match host_of(&url) {
            Some(IpAddr::V4(address)) if is_closed(address) => prop_assert!(checked.is_err(), "{}", url),
            Some(IpAddr::V6(address)) if address.segments()[0] & 0xe000 != 0x2000 => {
                let nat64 = address.to_string().starts_with("64:ff9b::");
                let carried = address.to_ipv4_mapped();
                prop_assert!(checked.is_err() || nat64 || carried.is_some_and(|it| !is_closed(it)), "{}", url);
            }
            Some(_) => {}
            None => prop_assert_eq!(checked.is_ok(), Url::parse(&url).is_ok(), "{}", url),
        }
    }

    #[test]
    fn a_public_address_passes_in_every_spelling(
        (address, spelling) in any::<u32>()
            .prop_map(Ipv4Addr::from)
            .prop_filter("public", |address| {
                let special = [192, 198, 203];
                !is_closed(*address) && !special.contains(&address.octets()[0])
            })
            .prop_flat_map(|address| (Just(address), spelled(address))),
    ) {
        let checked = AllowList::default().check(&url(&spelling, 0)).unwrap();
        prop_assert_eq!(checked.host(), Some(Host::Ipv4(address)));
    }
}
