//! What the rules need of the customers, column by column.

/// INVARIANT: all columns but `names` have one value for each customer.
#[derive(Default)]
pub struct Customers {
    pub keys: Vec<u64>,
    pub names: Vec<u8>,
    /// Where each name ends in `names`; it begins where the one before it ends.
    pub name_ends: Vec<u32>,
    /// A union of [`ZH`], [`REACHABLE`], [`BIRTHDAY`].
    pub flags: Vec<u8>,
    /// The key of who brought them; 0: nobody.
    pub referred_by: Vec<u64>,
}

/// Is written to in Chinese.
pub const ZH: u8 = 1;
/// Has an address, and said that it may be used.
pub const REACHABLE: u8 = 2;
/// Was born on a 21 November.
pub const BIRTHDAY: u8 = 4;

impl Customers {
    pub fn push_name(&mut self, name: &[u8]) {
        self.names.extend_from_slice(name);
        self.name_ends.push(self.names.len() as u32);
    }

    pub fn name(&self, row: usize) -> &[u8] {
        let start = row.checked_sub(1).map_or(0, |r| self.name_ends[r]);
        &self.names[start as usize..self.name_ends[row] as usize]
    }

    /// The parts one after the other.
    pub fn join(parts: Vec<Customers>) -> Customers {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_default();
        for part in parts {
            let before = all.names.len() as u32;
            all.keys.extend(part.keys);
            all.names.extend(part.names);
            all.name_ends
                .extend(part.name_ends.iter().map(|end| end + before));
            all.flags.extend(part.flags);
            all.referred_by.extend(part.referred_by);
        }
        all
    }
}
