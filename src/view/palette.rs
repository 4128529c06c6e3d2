//! Colors of well-known terminals, for the contrast of the themes and for pictures.

use ratatui::style::Color;

/// A color as `0xRRGGBB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u32);

/// Colors of a terminal: its own text and background, and the first 16 of the indexed ones.
#[derive(Debug)]
pub struct Palette {
    pub name: &'static str,
    pub text: Rgb,
    pub background: Rgb,
    pub colors: [u32; 16],
}

const XTERM: [u32; 16] = [
    0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5, 0x7f_7f7f, 0xff_0000,
    0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
];
const VGA: [u32; 16] = [
    0x00_0000, 0xaa_0000, 0x00_aa00, 0xaa_5500, 0x00_00aa, 0xaa_00aa, 0x00_aaaa, 0xaa_aaaa, 0x55_5555, 0xff_5555,
    0x55_ff55, 0xff_ff55, 0x55_55ff, 0xff_55ff, 0x55_ffff, 0xff_ffff,
];
const SOLARIZED: [u32; 16] = [
    0x07_3642, 0xdc_322f, 0x85_9900, 0xb5_8900, 0x26_8bd2, 0xd3_3682, 0x2a_a198, 0xee_e8d5, 0x00_2b36, 0xcb_4b16,
    0x58_6e75, 0x65_7b83, 0x83_9496, 0x6c_71c4, 0x93_a1a1, 0xfd_f6e3,
];
const TANGO: [u32; 16] = [
    0x2e_3436, 0xcc_0000, 0x4e_9a06, 0xc4_a000, 0x34_65a4, 0x75_507b, 0x06_989a, 0xd3_d7cf, 0x55_5753, 0xef_2929,
    0x8a_e234, 0xfc_e94f, 0x72_9fcf, 0xad_7fa8, 0x34_e2e2, 0xee_eeec,
];

const fn palette(name: &'static str, text: u32, background: u32, colors: [u32; 16]) -> Palette {
    Palette { name, text: Rgb(text), background: Rgb(background), colors }
}

pub const BLACK: Palette = palette("xterm", 0xe5_e5e5, 0x00_0000, XTERM);
pub const WHITE: Palette = palette("xterm on white", 0x00_0000, 0xff_ffff, XTERM);

/// Dark ones first.
pub const PALETTES: [Palette; 7] = [
    BLACK,
    palette("VGA", 0xaa_aaaa, 0x00_0000, VGA),
    palette("tango", 0xd3_d7cf, 0x00_0000, TANGO),
    palette("solarized dark", 0x83_9496, 0x00_2b36, SOLARIZED),
    palette("solarized light", 0x65_7b83, 0xfd_f6e3, SOLARIZED),
    palette("tango on white", 0x2e_3436, 0xff_ffff, TANGO),
    WHITE,
];

impl Rgb {
    #[must_use]
    pub fn channels(self) -> [u8; 3] {
        let [_, red, green, blue] = self.0.to_be_bytes();
        [red, green, blue]
    }

    /// This color with two thirds of its share: how most terminals draw dim text on this background.
    #[must_use]
    pub fn dimmed(self, background: Self) -> Self {
        let (own, behind) = (self.channels(), background.channels());
        let mix = |at: usize| u8::try_from((2 * u16::from(own[at]) + u16::from(behind[at])) / 3).unwrap_or_default();
        Self(u32::from_be_bytes([0, mix(0), mix(1), mix(2)]))
    }
}

impl Palette {
    /// The color of a style; `None` for the terminal's own.
    #[must_use]
    pub fn color(&self, color: Color) -> Option<Rgb> {
        const NAMED: [Color; 16] = [
            Color::Black,
            Color::Red,
            Color::Green,
            Color::Yellow,
            Color::Blue,
            Color::Magenta,
            Color::Cyan,
            Color::Gray,
            Color::DarkGray,
            Color::LightRed,
            Color::LightGreen,
            Color::LightYellow,
            Color::LightBlue,
            Color::LightMagenta,
            Color::LightCyan,
            Color::White,
        ];
        match color {
            Color::Indexed(index) => Some(self.indexed(index)),
            Color::Rgb(red, green, blue) => Some(Rgb(u32::from_be_bytes([0, red, green, blue]))),
            named => NAMED.iter().position(|known| *known == named).map(|at| Rgb(self.colors[at])),
        }
    }

    /// One of 256: the terminal's 16, a cube of six steps, and 24 grays.
    fn indexed(&self, index: u8) -> Rgb {
        const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
        let [red, green, blue] = match index {
            0..16 => return Rgb(self.colors[usize::from(index)]),
            16..232 => [36, 6, 1].map(|share| STEPS[usize::from((index - 16) / share % 6)]),
            232.. => [8 + 10 * (index - 232); 3],
        };
        Rgb(u32::from_be_bytes([0, red, green, blue]))
    }
}
