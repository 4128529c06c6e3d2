//! The figures of days: how much happened in them.

/// Figures of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub days: u64,
    /// Days whose answers were bytes in strange shapes.
    pub days_of_bytes: u64,
    /// Decisions of those days that did not leave because the request had changed.
    pub stopped: u64,
    pub steps: u64,
    pub faults: u64,
    pub kills: u64,
    pub power_cuts: u64,
    pub hang_ups: u64,
    pub starts: u64,
    pub confirmed: u64,
    pub requests: u64,
    pub done: u64,
    pub checks: u64,
    /// Syncs of the disk, and tokens that decisions waited for: each may be a slow one.
    pub syncs: u64,
    pub tokens: u64,
    /// Decisions that were ordered to leave and did not: too late, or after the end.
    pub kept_back: u64,
    /// Events over the long connection.
    pub announcements: u64,
    /// Starts with rows of an earlier run, and batches that were kept for a later one.
    pub warm_starts: u64,
    pub batches: u64,
    /// Decisions confirmed on content of an earlier run, and those of them that stopped because it was not current.
    pub on_cached: u64,
    pub stale: u64,
}

impl Figures {
    pub fn add(&mut self, other: &Self) {
        self.days += other.days;
        self.days_of_bytes += other.days_of_bytes;
        self.stopped += other.stopped;
        self.steps += other.steps;
        self.faults += other.faults;
        self.kills += other.kills;
        self.power_cuts += other.power_cuts;
        self.hang_ups += other.hang_ups;
        self.starts += other.starts;
        self.confirmed += other.confirmed;
        self.requests += other.requests;
        self.done += other.done;
        self.checks += other.checks;
        self.syncs += other.syncs;
        self.tokens += other.tokens;
        self.kept_back += other.kept_back;
        self.announcements += other.announcements;
        self.warm_starts += other.warm_starts;
        self.batches += other.batches;
        self.on_cached += other.on_cached;
        self.stale += other.stale;
    }
}

/// The figures of days that took so long.
pub fn table(figures: &Figures, broken: usize, seconds: f64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for the eye")]
    let pace = figures.days as f64 * 60.0 / seconds;
    let Figures {
        days,
        days_of_bytes,
        stopped,
        steps,
        faults,
        kills,
        power_cuts,
        hang_ups,
        starts,
        confirmed,
        requests,
        done,
        checks,
        syncs,
        tokens,
        kept_back,
        announcements,
        warm_starts,
        batches,
        on_cached,
        stale,
    } = figures;
    format!(
        "\nsimulated days        {days}\n\
         read out of bytes     {days_of_bytes}, {stopped} decisions stopped on a change\n\
         steps                 {steps}\n\
         decisions confirmed   {confirmed}\n\
         requests sent, done   {requests}, {done}\n\
         kept back at the gate {kept_back} of {tokens}\n\
         syncs of the disk     {syncs}\n\
         faults injected       {faults}\n\
         announcements         {announcements}\n\
         kills, power cuts     {kills}, {power_cuts}\n\
         hang-ups, starts      {hang_ups}, {starts}\n\
         warm starts           {warm_starts}, {batches} batches kept\n\
         decided on the cache  {on_cached}, {stale} stopped on a change\n\
         invariants checked    {checks}\n\
         days that broke one   {broken}\n\
         days a minute         {pace:.0} ({seconds:.1} s)\n"
    )
}
