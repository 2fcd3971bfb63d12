//! What this crate asks of a disk.

/// A disk that can be read in whole sectors.
pub trait ReadSectors {
    type Error;

    /// Bytes in a sector.
    fn sector_size(&self) -> usize;

    fn last_lba(&self) -> u64;

    /// Fills `into`, whose length is a whole number of sectors, from sector `lba` on.
    fn read(&mut self, lba: u64, into: &mut [u8]) -> Result<(), Self::Error>;
}

/// A disk that can be written in whole sectors.
pub trait WriteSectors {
    type Error;

    fn write(&mut self, lba: u64, bytes: &[u8]) -> Result<(), Self::Error>;

    /// Returns when all that was written before survives a power cut.
    fn flush(&mut self) -> Result<(), Self::Error>;
}
