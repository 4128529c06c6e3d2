//! Whole screens: their content, and that no size and no state breaks them.

use std::time::Duration;

use super::test_support::{Stage, styled, text};
use super::{ColorDepth, Theme, text_layout};
use crate::app::{DialogTarget, Targets};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::{CleanText, Decision, I18n, Lang, Millis, Opinion, Person, PersonId};
use crate::keys::Keymap;
use crate::text::{Localizer, Sentence};
use jiff::tz::TimeZone;

/// States of the program, by the keys that lead there.
const STATES: [&str; 22] = [
    "",
    "j j",
    "G",
    "enter",
    "enter 3",
    "enter 4",
    "enter 5",
    "enter 2",
    "enter 2 j j j j j",
    "enter 2 E G",
    "a",
    "a e x",
    "r 1",
    "r ctrl-d",
    "t 李",
    "s",
    "s 1 李 enter down enter ctrl-d",
    "a y",
    "?",
    "L",
    "!",
    "/ z w",
];

fn zh(keys: &str) -> Stage {
    Stage::new(Lang::Zh, 80, 24).keys(keys)
}

#[test]
fn screens_are_as_drawn() {
    insta::with_settings!({ snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        for (name, lang, columns, rows, keys) in [
            ("list", Lang::Zh, 80, 24, "j j"),
            ("list_en", Lang::En, 80, 24, ""),
            ("list_narrow", Lang::Zh, 50, 14, "j"),
            ("wide", Lang::Zh, 160, 40, "enter"),
            ("summary", Lang::Zh, 80, 24, "enter"),
            ("timeline", Lang::Zh, 80, 24, "enter 3"),
            ("comments", Lang::Zh, 80, 24, "enter 4"),
            ("form", Lang::Zh, 80, 24, "enter 2 j j j j j"),
            ("form_search", Lang::Zh, 80, 24, "enter 2 / 基 本 enter"),
            ("form_hiring", Lang::Zh, 80, 24, "j j j j j enter 2"),
            ("review", Lang::Zh, 80, 24, "a"),
            ("review_en", Lang::En, 80, 24, "r t o o enter l a t e ctrl-d"),
            ("reject", Lang::Zh, 80, 24, "r"),
            ("reject_empty", Lang::Zh, 80, 24, "r ctrl-d"),
            ("transfer", Lang::Zh, 80, 24, "t 李"),
            ("add_sign_where", Lang::Zh, 80, 24, "s"),
            ("add_sign_review", Lang::Zh, 80, 24, "s 1 李 enter down enter ctrl-d"),
            ("held", Lang::Zh, 80, 24, "a y"),
            ("help", Lang::Zh, 80, 24, "?"),
            ("links", Lang::Zh, 80, 24, "L"),
            ("filter", Lang::Zh, 80, 24, "/ z w"),
        ] {
            insta::assert_snapshot!(name, styled(&Stage::new(lang, columns, rows).keys(keys)));
        }
    });
}

#[test]
fn the_tenant_gives_way_to_figures_age_and_zone() {
    for (lang, figures) in [
        (Lang::Zh, "  待办 2/8  待发送 1  已加载 87%  更新 09:41 UTC+8"),
        (Lang::En, "  2/8 pending  1 queued  87% loaded  as of 09:41 UTC+8"),
    ] {
        // The age is told once two rounds are missing.
        let late = Duration::from_secs(1_200);
        for columns in [76, 80, 119, 200] {
            let mut stage = Stage::new(lang, columns, 24).keys("a y");
            stage.app.settings.place = "某某集团人力资源共享服务中心（北京）有限公司".into();
            stage.app.now.mono = stage.app.now.mono + late;
            let screen = stage.screen();
            assert!(screen.lines().next().is_some_and(|header| header.ends_with(figures)), "{screen}");
        }
    }
    // Parts that do not fit whole are left out, the share that is loaded first.
    let mut narrow = Stage::new(Lang::Zh, 45, 12);
    narrow.app.now.mono = narrow.app.now.mono + Duration::from_secs(1_200);
    let narrow = narrow.screen();
    assert!(narrow.starts_with("王芳 › 待办        待办 1/8  更新 09:41 UTC+8\n"), "{narrow}");
}

#[test]
fn header_keeps_the_position_and_cuts_no_word() {
    let place = "Beijing Xinghe Software Co., Ltd.";
    for lang in [Lang::Zh, Lang::En] {
        for columns in 60..200 {
            let mut stage = Stage::new(lang, columns, 24).keys("j");
            stage.app.settings.place = place.into();
            let screen = stage.screen();
            let header = screen.lines().next().expect("a header");
            assert!(header.contains("2/8"), "{columns} {header}");
            let told = header.split_once('@').map(|(_, rest)| rest.split("  ").next().unwrap_or_default());
            if let Some(cut) = told.and_then(|told| told.strip_suffix('…')) {
                assert!(place.strip_prefix(cut).is_some_and(|rest| rest.starts_with(' ')), "{columns} {header}");
            }
        }
    }
}

#[test]
fn no_size_breaks_any_state() {
    let theme = Theme::new(ColorDepth::Indexed, false);
    for state in STATES {
        let stage = zh(state);
        for columns in [1, 2, 5, 39, 40, 47, 59, 60, 80, 119, 120, 161, 300] {
            for rows in [1, 2, 3, 9, 10, 13, 16, 24, 50, 100] {
                stage.buffer_of(&theme, columns, rows);
            }
        }
    }
}

#[test]
fn every_size_shows_every_state_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        for (columns, rows) in [(40, 10), (59, 15), (60, 16), (80, 24), (120, 30), (200, 60)] {
            for state in STATES {
                let screen = Stage::new(lang, columns, rows).keys(state).screen();
                assert!(!screen.trim().is_empty(), "{columns}×{rows} {state:?}");
                assert!(screen.lines().all(|line| text_layout::width(line) <= usize::from(columns)));
                assert!(!screen.contains('\u{1b}'), "{columns}×{rows} {state:?}");
            }
        }
    }
}

#[test]
fn in_ascii_every_narrow_glyph_that_is_no_letter_is_ascii() {
    let theme = Theme::new(ColorDepth::Mono, true);
    for lang in [Lang::Zh, Lang::En] {
        for (columns, rows) in [(50, 14), (80, 24), (160, 40)] {
            for state in STATES {
                let stage = Stage::new(lang, columns, rows).keys(state);
                for cell in &stage.buffer(&theme).content {
                    let symbol = cell.symbol();
                    let fine = symbol.is_ascii()
                        || text_layout::width(symbol) == 2
                        || symbol.chars().all(|c| c.is_alphabetic() || ('\u{2400}'..='\u{2421}').contains(&c));
                    assert!(fine, "{symbol:?} in {state:?} {columns}×{rows}");
                }
            }
        }
    }
}

#[test]
fn the_review_names_everything_and_the_case_stays_above_it() {
    let screen = zh("a").screen();
    for words in ["同意 张伟发起的休假申请：年假 3天", "节点 直属上级", "以 王芳", "y 确认", "e 写意见", "Esc 取消"]
    {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
    assert!(screen.contains("事由"), "the preview stays\n{screen}");
}

#[test]
fn keys_on_screen_are_those_of_the_key_map() {
    let mut stage = zh("");
    stage.keymap =
        crate::keys::Keymap::with_overrides("[review]\n\"y\" = \"none\"\n\"Y\" = \"confirm\"\n").expect("sound");
    assert!(stage.keys("a").screen().contains("Y 确认"));
}

#[test]
fn values_of_high_care_cases_are_masked_until_revealed() {
    let list = zh("j j");
    assert!(!list.screen().contains("25000"), "{}", list.screen());
    assert!(list.screen().contains("[敏感]"));
    let mut revealed = list.keys("v");
    assert!(revealed.screen().contains("25000"), "{}", revealed.screen());
    revealed.pass(11_000);
    assert!(!revealed.screen().contains("25000"));

    let form = zh("j j enter 2");
    assert!(!form.screen().contains("1,234,567.50"), "{}", form.screen());
    assert!(form.keys("v").screen().contains("1,234,567.50"));
}

#[test]
fn the_hardware_cursor_stands_where_the_next_character_goes() {
    assert_eq!(zh("").cursor(), None);
    assert_eq!(zh("a").cursor(), None);
    let (x, y) = zh("r").cursor().expect("a field");
    assert_eq!(zh("r 审 批 a").cursor(), Some((x + 5, y)));
    assert_eq!(zh("/ 张 伟").cursor(), Some((5, 22)));
    assert!(zh("t").screen().contains("> 姓名、拼音"), "{}", zh("t").screen());
    let (x, y) = zh("t").cursor().expect("a field");
    assert_eq!(zh("t 李").cursor(), Some((x + 2, y)));
}

#[test]
fn a_long_reason_is_counted_and_wrapped_and_the_cursor_stays_inside() {
    let stage = zh("r").paste(&"字".repeat(1003));
    assert!(stage.screen().contains("1003/1000"), "{}", stage.screen());
    let (x, y) = stage.cursor().expect("a field");
    assert!(x < 80 && y < 23);
    assert!(stage.keys("ctrl-d").screen().contains("超出 3 字"));
}

#[test]
fn a_long_opinion_gives_way_in_the_review_and_names_do_not() {
    let stage = zh("r").paste(&"理由".repeat(500)).keys("ctrl-d");
    let screen = stage.screen();
    assert!(screen.contains("共 1000 字"), "{screen}");
    assert!(screen.contains("王芳"), "{screen}");
    assert!(screen.contains("y 确认"), "{screen}");
}

/// A sentence whose end is hidden cannot be confirmed.
#[test]
fn the_end_of_the_sentence_is_on_screen_or_it_cannot_be_confirmed() {
    let words = |limit| Opinion::new(&"理由 reason ".repeat(100), limit).unwrap_or_default();
    let person = |number: usize| Person {
        employee_number: CleanText::new(&format!("A{number:04}")),
        department: I18n { zh: "平台工程部".into(), en: "Platform".into() },
        ..Person::named(
            PersonId::new(format!("ou_{number}")),
            I18n { zh: "欧阳建国".into(), en: "Ouyang Jianguo".into() },
        )
    };
    let add = |count| Decision::AddSign {
        position: AddSignPosition::Parallel,
        method: AddSignMethod::All,
        people: (0..count).map(person).collect(),
        remark: words(1000),
    };
    let decisions = [
        Decision::Approve { opinion: Opinion::default() },
        Decision::Reject { reason: words(1000) },
        Decision::Transfer { to: person(1), remark: words(1000) },
        add(2),
        add(20),
    ];
    let mut refused = 0;
    for (lang, end, change, more) in [
        (Lang::Zh, "以 王芳 的身份？", "打开后有变更", "行未显示"),
        (Lang::En, "as Wang Fang?", "Changed since you", "enlarge the window"),
    ] {
        for (columns, rows) in [(40, 10), (40, 11), (41, 12), (47, 13), (59, 15), (60, 16), (80, 24), (160, 48)] {
            let mut stage = Stage::new(lang, columns, rows).keys("a");
            for (decision, changed) in decisions.iter().flat_map(|decision| [(decision, false), (decision, true)]) {
                stage.under_review(decision, changed);
                let (screen, hidden) = stage.drawn();
                let what = format!("{columns}×{rows} {changed} {decision:?}\n{screen}");
                assert_eq!((screen.contains(end), screen.contains(more)), (hidden == 0, hidden > 0), "{what}");
                assert_eq!(screen.contains("\n y "), hidden == 0, "what cannot be done is not offered: {what}");
                assert!(!changed || screen.contains(change), "{what}");
                refused += usize::from(hidden > 0);
                let crowded = matches!(decision, Decision::AddSign { .. }) && rows < 24;
                assert!(hidden == 0 || crowded, "{what}");
            }
        }
    }
    assert!(refused > 0, "twenty people do not fit everywhere");
}

/// Names of any length leave room for the question, at every size that a review is drawn at.
#[test]
fn a_name_of_absurd_length_does_not_forbid_to_confirm() {
    let long = |zh: &str, en: &str| I18n { zh: zh.repeat(300).as_str().into(), en: en.repeat(150).as_str().into() };
    let receiver = Person {
        employee_number: CleanText::new(&"A123-".repeat(180)),
        department: long("平台工", "Platform "),
        ..Person::named(PersonId::new("ou_1"), long("欧阳建", "Ouyang "))
    };
    let decisions = [
        Decision::Approve { opinion: Opinion::default() },
        Decision::Reject { reason: Opinion::new(&"理由".repeat(500), 1000).unwrap_or_default() },
        Decision::Transfer { to: receiver, remark: Opinion::default() },
    ];
    for (lang, end) in [(Lang::Zh, "的身份？"), (Lang::En, "as ")] {
        for (columns, rows) in [(40, 10), (60, 16), (80, 24)] {
            let mut stage = Stage::new(lang, columns, rows).keys("a");
            let dialog = stage.app.dialog.as_mut().expect("a review");
            let DialogTarget { mut target, shown, .. } = dialog.targets.first().clone();
            (target.initiator, target.kind) = (long("张伟伟", "Zhang "), long("休假申", "Leave "));
            target.node = long("直属上", "Manager ");
            dialog.targets = Targets::new(DialogTarget::new(target, shown, None), Vec::new());
            stage.app.settings.operator.name = long("王芳芳", "Fang ");
            for decision in &decisions {
                stage.under_review(decision, false);
                let (screen, hidden) = stage.drawn();
                let what = format!("{columns}×{rows} {decision:?}\n{screen}");
                assert!(hidden == 0 && screen.contains("\n y ") && screen.contains(end), "{what}");
                assert!(screen.contains('…'), "a mark stands for what is left out: {what}");
            }
        }
    }
}

#[test]
fn no_waiting_time_is_cut_in_its_column() {
    let (keymap, zone) = (Keymap::standard(), TimeZone::UTC);
    let said = |lang, minutes| {
        let localizer = Localizer { lang, keymap: &keymap, zone: &zone, now: Millis(0), layers: &[], simulated: false };
        localizer.say(&Sentence::WaitingFor(minutes))
    };
    let edges = [0, 1, 59, 60, 2879, 2880, 1439 * 1000, 1440 * 1000, 1440 * 1500, 1440 * 20_000, 1440 * 36_499];
    for lang in [Lang::Zh, Lang::En] {
        for minutes in edges.into_iter().chain((0..63).map(|bit| 1_i64 << bit)).chain([i64::MIN, i64::MAX, -1]) {
            let waits = said(lang, minutes);
            assert_eq!(text_layout::pad_left(&waits, 5).trim_start(), waits, "{minutes}");
        }
    }
    let years = |lang| [400, 1500, 20_000, 40_000].map(|days| said(lang, days * 1440));
    assert_eq!(years(Lang::Zh), ["400天", "4年", "54年", ">99年"]);
    assert_eq!(years(Lang::En), ["400d", "4y", "54y", ">99y"]);
}

#[test]
fn a_failure_is_shown_whole_with_its_log_id_on_the_messages_page() {
    let mut stage = zh("a y");
    assert!(stage.screen().contains("⏱5"), "{}", stage.screen());
    stage.pass(5000);
    let screen = stage.screen();
    assert!(screen.contains("同意 张伟发起的休假申请 未生效"), "{screen}");
    assert!(screen.contains("✗●"), "{screen}");
    let messages = stage.keys("!").screen();
    assert!(messages.contains("日志 ID 20261001104107A1B2C3D4E5F60718293A"), "{messages}");
    assert!(messages.contains("未生效"), "{messages}");
}

#[test]
fn escape_sequences_of_comments_are_visible_and_counted() {
    let screen = zh("enter 4").screen();
    assert!(screen.contains("␛[2J"), "{screen}");
    assert!(screen.contains("含 1 处控制字符"), "{screen}");
}

#[test]
fn moving_the_cursor_changes_two_cells_of_the_list() {
    let theme = Theme::new(ColorDepth::Indexed, false);
    let rows = |keys: &str| -> Vec<ratatui::buffer::Cell> { zh(keys).buffer(&theme).content[80 * 2..80 * 12].to_vec() };
    let changed = rows("j").iter().zip(&rows("j j")).filter(|(before, after)| before != after).count();
    assert_eq!(changed, 2);
}

#[test]
fn without_colour_no_cell_has_one() {
    let buffer = zh("r 1").buffer(&Theme::new(ColorDepth::Mono, false));
    assert!(buffer.content.iter().all(|cell| cell.fg == ratatui::style::Color::Reset));
    assert!(text(&buffer).contains("拒绝"));
}
