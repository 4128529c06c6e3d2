//! What a case that was read tells about a decision whose answer was lost, and about who was faster.
