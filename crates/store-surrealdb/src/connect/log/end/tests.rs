//! What a kill, a power cut and neither of them leave of a log.

use super::super::part::{COMPRESSION, FIRST, FULL, LAST, MIDDLE, checksum};
use super::*;

fn part(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    [&checksum(kind, content).to_be_bytes()[..], &length.to_be_bytes(), &[kind], content].concat()
}

/// Two records, of which the second crosses into the second and the third block; with where each ends.
fn two_records() -> (Vec<u8>, [usize; 2]) {
    let mut log = part(FULL, b"tea at five");
    let first = log.len();
    log.extend(part(FIRST, &vec![7; BLOCK - first - HEAD]));
    log.extend(part(MIDDLE, &vec![8; BLOCK - HEAD]));
    log.extend(part(LAST, b"the end"));
    let second = log.len();
    (log, [first, second])
}

/// Where the records of [`under_way`] end. The second one crosses the border of the page at 8192.
pub(in super::super) const UNDER_WAY: [usize; 3] = [5000, 9000, 11_000];

/// A record that was synced, and two that were appended since.
pub(in super::super) fn under_way() -> Vec<u8> {
    let [first, second, third] = UNDER_WAY;
    let lengths = [first, second - first, third - second];
    lengths.into_iter().zip(7..).flat_map(|(length, byte)| part(FULL, &vec![byte; length - HEAD])).collect()
}

fn end(log: &[u8]) -> End {
    end_of(&mut &*log).unwrap()
}

fn end_with_zeros(log: &[u8], zeros: Range<usize>) -> End {
    let mut log = log.to_vec();
    log[zeros].fill(0);
    end(&log)
}

#[test]
fn a_log_of_whole_records_is_whole() {
    let (log, [first, second]) = two_records();
    for length in [0, first, second] {
        assert_eq!(end(&log[..length]), End::Whole);
    }
    assert_eq!(end(&[part(COMPRESSION, &[1]), part(FULL, b"x")].concat()), End::Whole);
}

#[test]
fn a_record_that_was_torn_at_any_byte_is_told_from_what_was_whole_before() {
    let (log, [first, second]) = two_records();
    for length in (1..first).chain(first + 1..first + 9).chain(BLOCK - 1..BLOCK + 9).chain(second - 9..second) {
        let whole = if length < first { 0 } else { first as u64 };
        assert_eq!(end(&log[..length]), End::Torn(whole), "{length} bytes");
    }
}

#[test]
fn too_little_room_for_a_head_at_the_end_of_a_block_is_passed_over() {
    let room = 6;
    let mut log = part(FULL, &vec![7; BLOCK - HEAD - room]);
    let first = log.len() as u64;
    log.extend(vec![0; room]);
    log.extend(part(FULL, b"the end"));
    assert_eq!(end(&log), End::Whole);
    assert_eq!(end(&log[..BLOCK]), End::Torn(first));
    assert_eq!(end(&log[..BLOCK - 1]), End::Torn(first));
}

#[test]
fn a_length_that_was_set_before_anything_was_written_is_torn() {
    let whole = part(FULL, b"x").len() as u64;
    for zeros in [1, HEAD, BLOCK, 3 * BLOCK] {
        assert_eq!(end(&[part(FULL, b"x"), vec![0; zeros]].concat()), End::Torn(whole), "{zeros} zeros");
    }
}

#[test]
fn a_last_record_of_which_a_part_was_not_written_is_torn() {
    let (log, [first, second]) = two_records();
    for flipped in [first, first + 5, first + HEAD, BLOCK, BLOCK + HEAD, second - 1] {
        let mut unsound = log.clone();
        unsound[flipped] ^= 0x40;
        assert_eq!(end(&unsound), End::Torn(first as u64), "byte {flipped}");
    }
}

#[test]
fn a_record_has_a_hole_where_the_rest_of_a_page_was_not_written_again() {
    let [first, second, third] = UNDER_WAY;
    assert_eq!(end_with_zeros(&under_way(), first..8192), End::Holed(first as u64));
    assert_eq!(end_with_zeros(&under_way(), second..third), End::Torn(second as u64), "nothing stands behind it");
}

#[test]
fn a_record_has_a_hole_where_whole_pages_were_not_written() {
    let x = part(FULL, b"x");
    for pages in [1, 2, BLOCK / PAGE, 2 * BLOCK / PAGE] {
        let zeros = vec![0; pages * PAGE - x.len()];
        assert_eq!(end(&[&x, &zeros, &x].map(Vec::as_slice).concat()), End::Holed(x.len() as u64), "{pages} pages");
    }

    let (log, [first, _]) = two_records();
    let log = [log, part(FULL, b"more")].concat();
    for page in [PAGE, BLOCK - PAGE, BLOCK, BLOCK + PAGE, 2 * BLOCK - PAGE] {
        assert_eq!(end_with_zeros(&log, page..page + PAGE), End::Holed(first as u64), "page at {page}");
    }
}

#[test]
fn a_record_has_a_hole_where_the_first_page_of_the_log_was_not_written() {
    let log = [part(FULL, &vec![7; 5000]), part(FULL, b"more")].concat();
    assert_eq!(end_with_zeros(&log, 0..PAGE), End::Holed(0));
    assert_eq!(end_with_zeros(&log[..5000], 0..PAGE), End::Holed(0), "of one record that is torn as well");
    assert_eq!(end_with_zeros(&log[..HEAD + 5000], PAGE..HEAD + 5000), End::Holed(0), "or the last one of one record");
}

/// Each page is as it was after one of the appends, and so is the length.
#[test]
fn whatever_pages_were_not_written_is_cut_off_behind_what_was_synced() {
    let [synced, ..] = UNDER_WAY;
    let log = under_way();
    for length in UNDER_WAY {
        for before_the_border in UNDER_WAY {
            for behind_it in UNDER_WAY {
                let mut left = log.clone();
                left[before_the_border.min(8192)..8192].fill(0);
                left[behind_it.max(8192)..].fill(0);
                let end = end(&left[..length]);
                let whole = match end {
                    End::Whole => length,
                    End::Torn(whole) | End::Holed(whole) => usize::try_from(whole).unwrap(),
                    End::Damaged(_) => 0,
                };
                assert!(whole >= synced, "{length} bytes, {before_the_border} and {behind_it}: {end:?}");
            }
        }
    }
}

#[test]
fn a_record_has_a_hole_where_its_head_is_in_two_pages_of_which_one_was_not_written() {
    for before_the_border in 1..HEAD {
        let first = 2 * PAGE - before_the_border;
        let log = [part(FULL, &vec![7; first - HEAD]), part(FULL, &vec![8; 2 * PAGE]), part(FULL, b"more")].concat();
        for zeros in [first..2 * PAGE, 2 * PAGE..3 * PAGE] {
            assert_eq!(end_with_zeros(&log, zeros.clone()), End::Holed(first as u64), "{zeros:?}");
        }
    }
}

#[test]
fn a_record_has_a_hole_where_only_its_head_was_written_into_a_block() {
    let (log, [first, _]) = two_records();
    let log = [log, part(FULL, b"more")].concat();
    assert_eq!(end_with_zeros(&log, BLOCK + HEAD..BLOCK + PAGE), End::Holed(first as u64));
}

#[test]
fn a_hole_too_far_from_the_end_is_damage() {
    let block = part(FULL, &vec![7; BLOCK - HEAD]);
    let mut log = block.clone();
    while log.len() as u64 - (block.len() as u64) < MOST_UNSYNCED {
        log.extend(&block);
    }
    let hole = BLOCK + PAGE..BLOCK + 2 * PAGE;
    assert_eq!(end_with_zeros(&log, hole.clone()), End::Holed(BLOCK as u64));
    log.extend(part(FULL, b"x"));
    assert_eq!(end_with_zeros(&log, hole), End::Damaged(BLOCK as u64));
    assert_eq!(end_with_zeros(&log, 2 * BLOCK..2 * BLOCK + PAGE), End::Holed(2 * BLOCK as u64));
}

#[test]
fn what_no_crash_leaves_behind_is_damage() {
    let (log, [first, second]) = two_records();
    let goes_on = [log.clone(), part(FULL, b"more")].concat();
    for flipped in [first, first + 5, first + HEAD, BLOCK, BLOCK + HEAD, second - 1] {
        let mut damaged = goes_on.clone();
        damaged[flipped] ^= 0x40;
        assert_eq!(end(&damaged), End::Damaged(first as u64), "byte {flipped}");
    }
    let behind_a_torn_one = [&log[..first + 9], &part(FULL, b"more")].concat();
    assert_eq!(end(&behind_a_torn_one), End::Damaged(first as u64));
    assert_eq!(end(b"a log of another form"), End::Damaged(0));

    let [first, second, _] = UNDER_WAY;
    for flipped in [first, first + 5, first + HEAD, 8191, 8192, second - 1] {
        let mut damaged = under_way();
        damaged[flipped] ^= 0x40;
        assert_eq!(end(&damaged), End::Damaged(first as u64), "byte {flipped}");
    }
}

#[test]
fn zeros_that_are_no_page_are_damage() {
    let [first, second, _] = UNDER_WAY;
    for zeros in [first..8191, first + 1..8192, 8191..8192, 8192..second, first..first + HEAD] {
        assert_eq!(end_with_zeros(&under_way(), zeros.clone()), End::Damaged(first as u64), "{zeros:?}");
    }
    let x = part(FULL, b"x");
    for zeros in [1, 100, PAGE - x.len() - 1] {
        let log = [&x, &vec![0; zeros], &x].map(Vec::as_slice).concat();
        assert_eq!(end(&log), End::Damaged(x.len() as u64), "{zeros} zeros");
    }
}

#[test]
fn a_page_of_zeros_does_not_explain_what_is_broken_before_it() {
    let x = part(FULL, &[7; 100]);
    let mut log = [&x, &x, &vec![0; 2 * PAGE - 2 * x.len()], &x].map(Vec::as_slice).concat();
    log[x.len() + 50] ^= 0x40;
    assert_eq!(end(&log), End::Damaged(x.len() as u64));
}
