//! The first requests of a run, through the real start and the real client.

use super::queue::Queue;

/// The page is read before the first screen; the program asks again when the platform said, without a key.
#[test]
fn a_limited_first_request_needs_no_key() {
    for fault in ["rate-limit:1:2@tasks", "rate-limit:1:2@token"] {
        let queue = Queue::new(&[fault]);
        let mut terminal = queue.open(5);
        terminal.wait_for_inbox();
        assert!(!terminal.text().contains("限流"), "{fault}\n{}", terminal.text());
    }
}

#[test]
fn a_broken_chain_of_pages_is_told_and_left() {
    for fault in ["page-token-absent", "page-token-empty", "page-token-repeated", "pages-without-end"] {
        let queue = Queue::new(&[fault]);
        let mut terminal = queue.open(5);
        terminal.wait_for_inbox();
        terminal.wait("the warning", |screen| {
            let text = screen.contents();
            text.contains("/24+") && text.contains("待办列表可能不完整：分页中断")
        });
    }
}
