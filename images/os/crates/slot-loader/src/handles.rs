//! Opening what the firmware offers.

use uefi::boot::{self, OpenProtocolAttributes, OpenProtocolParams, ScopedProtocol};
use uefi::prelude::*;
use uefi::proto::ProtocolPointer;

/// Opens a protocol beside the drivers that use it. Opening it exclusively would disconnect them: the partition driver
/// from the disk, for one.
#[expect(unsafe_code)]
pub fn open<P: ProtocolPointer + ?Sized>(handle: Handle) -> uefi::Result<ScopedProtocol<P>> {
    let params = OpenProtocolParams { handle, agent: boot::image_handle(), controller: None };
    // SAFETY: this program is alone on the only processor; drivers come and go only while it calls the firmware, and no
    // opened protocol is held over a call that connects or disconnects its handle.
    unsafe { boot::open_protocol(params, OpenProtocolAttributes::GetProtocol) }
}
