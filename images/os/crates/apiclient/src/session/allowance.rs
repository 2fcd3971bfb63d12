use exec_protocol::Capacity;

/// How much input the server still takes, in messages.
#[derive(Default)]
pub struct Allowance {
    told: Option<Capacity>,
    sent: u64,
}

impl Allowance {
    pub fn told(&mut self, capacity: Capacity) {
        self.told = Some(capacity);
    }

    pub fn sent_one(&mut self) {
        self.sent += 1;
    }

    /// Nothing before the server has told its capacity.
    pub fn left(&self) -> u64 {
        let Some(Capacity { max_messages_outstanding, messages_written }) = self.told else { return 0 };
        messages_written.saturating_add(max_messages_outstanding).saturating_sub(self.sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_sent_as_far_as_the_server_takes_it() {
        let mut allowance = Allowance::default();
        assert_eq!(allowance.left(), 0);
        allowance.told(Capacity { max_messages_outstanding: 3, messages_written: 0 });
        allowance.sent_one();
        allowance.sent_one();
        assert_eq!(allowance.left(), 1);
        allowance.told(Capacity { max_messages_outstanding: 3, messages_written: 2 });
        assert_eq!(allowance.left(), 3);
    }
}
