//! The platform's published business types (业务类型; protocol.md#business-types). The table is open: tenants have their
//! own.

use super::Process;
use super::process::UnreadMember;

/// A published business type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BizType {
    /// The "parameter" of the published table.
    pub id: u32,
    /// The string in events.
    pub name: &'static str,
    pub zh: &'static str,
    /// Our English: no official one is published.
    pub en: &'static str,
    /// Decisions about pay, jobs or structure: the form must have been on screen, values are masked in the list.
    pub high_care: bool,
    /// Belongs to hiring: the form interfaces answer 1160100 though the process exists.
    pub hiring: bool,
}

const fn biz(
    id: u32,
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    high_care: bool,
    hiring: bool,
) -> BizType {
    BizType { id, name, zh, en, high_care, hiring }
}

pub const PUBLISHED: [BizType; 32] = [
    biz(41, "resignation_compensation", "离职补偿金申请", "Severance request", true, false),
    biz(42, "corehr_probation_default_flow", "试用期转正", "Probation completion", false, false),
    biz(43, "job_change", "员工异动", "Job change", false, false),
    biz(44, "offboarding_info", "离职申请", "Resignation", true, false),
    biz(45, "renewal_record", "合同续约", "Contract renewal", false, false),
    biz(46, "reorg_approval_group", "组织架构调整", "Reorganization", true, false),
    biz(48, "headhunting", "猎头服务费审批", "Headhunter fee", false, true),
    biz(50, "offboarding_transfer", "离职手续办理", "Offboarding handover", false, false),
    biz(51, "additional_manage_relation_rule", "申请虚线团队权限", "Dotted-line team access", false, false),
    biz(52, "offer", "Offer 审批", "Offer", true, true),
    biz(53, "pre_hire_back", "回流人员确认", "Returning hire confirmation", false, true),
    biz(54, "person_info_change", "申请信息变更", "Personal data change", false, false),
    biz(55, "workforce_plan_adjustment", "编制规划调整审批", "Headcount plan adjustment", false, false),
    biz(56, "leave_application", "休假申请", "Leave", false, false),
    biz(57, "offer_salary", "Offer 薪酬审批", "Offer salary", true, true),
    biz(58, "self_certificate", "自助证明", "Certificate (self-service)", false, false),
    biz(59, "self_service", "自助服务", "Self-service", false, false),
    biz(60, "offer_salary_merge", "Offer 及薪酬合并审批", "Offer and salary", true, true),
    biz(61, "payroll", "Payroll 发薪活动审批", "Payroll run", true, false),
    biz(62, "cpst_adjust_salary_flow_info", "调薪", "Salary adjustment", true, false),
    biz(63, "job_post_content_approval", "职位广告内容审批", "Job ad content", false, true),
    biz(64, "job_post_channel_approval", "职位广告渠道审批", "Job ad channel", false, true),
    biz(65, "recruitment_request_approval", "招聘需求审批", "Hiring request", false, true),
    biz(68, "work_application", "加班申请", "Overtime", false, false),
    biz(69, "travel_application", "出差申请", "Business trip", false, false),
    biz(70, "rsu_refrsh_approval_new", "期权到期补齐审批", "RSU refresh", true, false),
    biz(71, "remedy_application", "补卡申请", "Missed punch correction", false, false),
    biz(72, "outing_application", "外出申请", "Out of office", false, false),
    biz(73, "payroll_data_report", "数据填报审批", "Payroll data report", true, false),
    biz(74, "batch_compensation_adjustment_new", "批量调薪（新）", "Batch salary adjustment (new)", true, false),
    biz(75, "onduty_bonus_apply", "值班补贴（新）", "On-duty allowance (new)", true, false),
    biz(76, "swap_shift_application", "换班申请", "Shift swap", false, false),
];

/// Words that mark a tenant's own business type as one about pay or employment. A guess on the careful side: the
/// platform says nothing about a custom type but its name.
const CAREFUL_WORDS: [&str; 11] =
    ["薪", "工资", "奖金", "补偿", "期权", "离职", "辞退", "salary", "payroll", "offer", "bonus"];

/// The published type of a process, by its template id or its names. The detail has no `biz_type`, and its
/// `flow_template_id` is opaque: a number, a published name or a word such as `leave` (protocol.md#process-detail).
#[must_use]
pub fn recognise(process: &Process) -> Option<&'static BizType> {
    let id = process.flow_template_id.as_str();
    let zh = process.flow_template_name.zh.as_str();
    PUBLISHED.iter().find(|known| known.name == id || known.zh == zh || id.parse() == Ok(known.id))
}

/// Whether this process wants care: form before approval, values masked in the list. One whose type is not told, or cannot
/// be read, may be any.
#[must_use]
pub fn is_high_care(process: &Process) -> bool {
    recognise(process).map_or_else(
        || {
            let name = process.kind();
            let is_type = |member: &UnreadMember| member.path.as_str().starts_with("flow_template_");
            if name.is_empty() && process.flow_template_id.is_empty() || process.unread.first.iter().any(is_type) {
                return true;
            }
            let words = format!("{} {} {}", process.flow_template_id, name.zh, name.en).to_lowercase();
            CAREFUL_WORDS.iter().any(|word| words.contains(word))
        },
        |known| known.high_care,
    )
}
