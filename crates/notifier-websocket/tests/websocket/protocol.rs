//! RFC 6455, abused.

use crate::chat::Chat;
use crate::raw::{BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, Raw, TEXT, frame, header};

const HEARTBEAT: &[u8] = br#"{"type":"heartbeat"}"#;

async fn open(chat: &Chat) -> Raw {
    Raw::open(chat, &chat.person("Bob").await).await
}

async fn closes_with(bytes: &[u8], code: u16) {
    let chat = Chat::start();
    let mut peer = open(&chat).await;
    peer.send(bytes).await;
    assert_eq!(peer.close_code().await, code, "{:?}", &bytes[..bytes.len().min(20)]);
    chat.until_connected(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unmasked_frame_is_a_protocol_error() {
    closes_with(&[FIN | TEXT, 2, b'{', b'}'], 1002).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reserved_opcodes_and_bits_are_protocol_errors() {
    for first in [FIN | 0x3, FIN | 0x7, FIN | 0xb, FIN | 0xf, FIN | 0x40 | TEXT, FIN | 0x10 | PING] {
        closes_with(&frame(first, HEARTBEAT), 1002).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn control_frames_that_are_long_or_fragmented_are_protocol_errors() {
    closes_with(&frame(FIN | PING, &[0; 126]), 1002).await;
    closes_with(&frame(PING, b"half"), 1002).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fragments_out_of_order_are_protocol_errors() {
    closes_with(&frame(FIN | CONTINUATION, HEARTBEAT), 1002).await;
    closes_with(&[frame(TEXT, b"{"), frame(FIN | TEXT, HEARTBEAT)].concat(), 1002).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn close_frames_that_are_wrong_are_protocol_errors() {
    closes_with(&frame(FIN | CLOSE, &[3]), 1002).await;
    closes_with(&frame(FIN | CLOSE, &1005_u16.to_be_bytes()), 1002).await;
    closes_with(&frame(FIN | CLOSE, &[0x03, 0xe8, 0xff]), 1002).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_not_utf8_closes_with_1007_however_it_is_cut() {
    closes_with(&frame(FIN | TEXT, &[b'{', 0xff, b'}']), 1007).await;
    closes_with(&[frame(TEXT, &[b'{', 0xc3]), frame(FIN | CONTINUATION, b"}")].concat(), 1007).await;
    closes_with(&[frame(TEXT, b"{"), frame(FIN | CONTINUATION, &[0xf0, 0x9f])].concat(), 1007).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_announces_too_much_is_refused_before_it_is_sent() {
    for length in [65_537, 1 << 40, (1 << 63) - 1] {
        let chat = Chat::start();
        let mut peer = open(&chat).await;
        peer.send(&header(FIN | TEXT, length)).await;
        peer.send(&[1, 2, 3, 4]).await;
        assert_eq!(peer.error_code().await, "too_large");
        assert_eq!(peer.close_code().await, 1009);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fragments_may_not_add_up_to_more_than_a_message() {
    for first in [TEXT, BINARY] {
        let chat = Chat::start();
        let mut peer = open(&chat).await;
        peer.send(&frame(first, &[b'x'; 60_000])).await;
        peer.send(&frame(CONTINUATION, &[b'x'; 5_536])).await;
        peer.send(&frame(CONTINUATION, b"x")).await;
        assert_eq!(peer.error_code().await, "too_large");
        assert_eq!(peer.close_code().await, 1009);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_fragments_is_put_together_and_pings_between_them_are_answered() {
    let chat = Chat::start();
    let mut peer = open(&chat).await;
    peer.send(&frame(TEXT, r#"{"type":"nonsense","temp_id":"é"#.as_bytes().split_last().unwrap().1)).await;
    peer.send(&frame(FIN | PING, b"between")).await;
    assert_eq!(peer.receive().await, (FIN | PONG, b"between".to_vec()));
    peer.send(&frame(CONTINUATION, b"")).await;
    peer.send(&frame(FIN | CONTINUATION, &["é".as_bytes()[1], b'"', b'}'])).await;
    let (_, told) = peer.receive().await;
    assert!(String::from_utf8(told).unwrap().contains(r#""temp_id":"é""#));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_arrives_byte_by_byte_is_understood() {
    let chat = Chat::start();
    let mut peer = open(&chat).await;
    peer.stream.set_nodelay(true).unwrap();
    for byte in frame(FIN | TEXT, &[b'x'; 300]) {
        peer.send(&[byte]).await;
    }
    assert_eq!(peer.error_code().await, "invalid_json");
}

#[tokio::test(flavor = "multi_thread")]
async fn pings_are_answered_with_their_own_bytes() {
    let chat = Chat::start();
    let mut peer = open(&chat).await;
    for payload in [&b""[..], b"x", &[0xff; 125]] {
        peer.send(&frame(FIN | PING, payload)).await;
        assert_eq!(peer.receive().await, (FIN | PONG, payload.to_vec()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_a_violation_is_answered_before_the_close() {
    let chat = Chat::start();
    let mut peer = open(&chat).await;
    let all = [
        frame(FIN | TEXT, b"[]"),
        frame(FIN | BINARY, b"x"),
        frame(FIN | TEXT, b"{}"),
        frame(FIN | PING, b"p"),
        frame(FIN | 0x3, b""),
    ];
    peer.send(&all.concat()).await;
    assert_eq!(peer.error_code().await, "invalid_json");
    assert_eq!(peer.error_code().await, "invalid_json");
    assert_eq!(peer.error_code().await, "missing_type");
    assert_eq!(peer.receive().await, (FIN | PONG, b"p".to_vec()));
    assert_eq!(peer.close_code().await, 1002);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_goodbye_is_answered_with_its_code() {
    closes_with(&frame(FIN | CLOSE, &[0x03, 0xe8, b'b', b'y', b'e']), 1000).await;
    closes_with(&frame(FIN | CLOSE, &4_321_u16.to_be_bytes()), 4_321).await;

    let chat = Chat::start();
    let mut peer = open(&chat).await;
    peer.send(&frame(FIN | CLOSE, b"")).await;
    assert_eq!(peer.receive().await, (FIN | CLOSE, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_comes_with_the_handshake_is_answered() {
    let chat = Chat::start();
    let alice = chat.person("Alice").await;
    let mut peer = Raw::open_saying(&chat, &alice, &frame(FIN | TEXT, b"{}")).await;
    assert_eq!(peer.error_code().await, "missing_type");
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_answered_or_closes_the_socket_and_harms_nobody() {
    let chat = Chat::start();
    let alice = chat.person("Alice").await;
    let mut bystander = open(&chat).await;
    let mut state = 42_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    for _ in 0..60 {
        let bytes: Vec<u8> = (0..4_000).map(|_| noise()).collect();
        let mut peer = Raw::open(&chat, &alice).await;
        peer.send(&bytes).await;
    }
    chat.until_connected(1).await;
    bystander.send(&frame(FIN | PING, b"still here")).await;
    assert_eq!(bystander.receive().await, (FIN | PONG, b"still here".to_vec()));
}
