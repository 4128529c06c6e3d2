//! The sites of the platform.

/// Which site of the platform an app belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    Feishu,
    Lark,
}

impl Site {
    pub(super) const fn address(self) -> &'static str {
        match self {
            Self::Feishu => "https://open.feishu.cn",
            Self::Lark => "https://open.larksuite.com",
        }
    }
}
