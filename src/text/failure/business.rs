//! Words for the business codes of process endpoints and look-ups. The same number means different things on different
//! endpoints (protocol.md#error-codes).

use super::words::FailureWords;
use crate::domain::Endpoint;

/// The words for a code of this endpoint.
pub(super) fn said(endpoint: Endpoint, code: i64) -> Option<FailureWords> {
    match endpoint {
        Endpoint::TaskList | Endpoint::ChangedProcesses | Endpoint::ProcessDetail => lists(endpoint, code),
        Endpoint::FormV2 | Endpoint::FormV1 => forms(code),
        Endpoint::UpdateTask => update(code),
        Endpoint::AddSign => add_sign(code),
        Endpoint::Transfer => transfer(code),
        Endpoint::Withdraw => withdraw(code),
        Endpoint::Revoke => revoke(code),
        _ => look_ups(endpoint, code),
    }
}

fn lists(endpoint: Endpoint, code: i64) -> Option<FailureWords> {
    Some(match (endpoint, code) {
        (Endpoint::TaskList, 1_160_001) => FailureWords {
            zh: [
                "平台不认识配置中的审批人。",
                "operator_id 与 operator_id_type 不匹配,或此人不在你的企业。",
                "请检查配置中的 operator_id 和 operator_id_type。",
            ],
            en: [
                "The platform does not know the configured approver.",
                "operator_id does not fit operator_id_type, or the person is not in your organisation.",
                "Check operator_id and operator_id_type in the configuration.",
            ],
        },
        (Endpoint::TaskList, 1_160_101) => FailureWords {
            zh: [
                "平台不接受读取待办的参数。",
                "多半是 operator_id 的格式与 operator_id_type 不符。",
                "请检查配置中的这两项,然后重新启动程序。",
            ],
            en: [
                "The platform does not accept how the task list was asked for.",
                "operator_id has probably not the form that operator_id_type promises.",
                "Check both in the configuration, then start the program again.",
            ],
        },
        (Endpoint::TaskList, 1_160_121) => FailureWords {
            zh: [
                "平台没有这种任务列表。",
                "平台可能改了接口,这个版本的程序还不知道。",
                "请更新程序;在此之前请在飞书中处理。",
            ],
            en: [
                "The platform has no such list of tasks.",
                "It may have changed its interface, and this version of the program does not know.",
                "Update the program; until then decide in Feishu.",
            ],
        },
        (Endpoint::ChangedProcesses, 1_160_101) => FailureWords {
            zh: [
                "平台不接受查询变更的时间范围。",
                "只能查询不到 31 天内的变更;本机的时钟也可能不准。",
                "请刷新,重新读取全部待办。",
            ],
            en: [
                "The platform does not accept the time span of the changes.",
                "It must be less than 31 days; or this machine's clock is wrong.",
                "Refresh to read all tasks again.",
            ],
        },
        (Endpoint::ProcessDetail, 1_160_100 | 1_160_101) => FailureWords {
            zh: ["这个单据读不到了。", "它可能已被删除,或应用不能再查看它。", "请刷新列表;仍在列表中就打开链接查看。"],
            en: [
                "The case can no longer be read.",
                "It may have been deleted, or the app may not see it any more.",
                "Refresh the list; if it is still there, follow its links.",
            ],
        },
        _ => return None,
    })
}

fn forms(code: i64) -> Option<FailureWords> {
    Some(match code {
        1_160_100 => FailureWords {
            zh: ["这个流程没有可读取的表单。", "招聘类流程不提供表单;流程也可能已不存在。", "请打开链接在飞书中查看。"],
            en: [
                "This process has no form that can be read.",
                "Hiring processes offer none; or the process no longer exists.",
                "Follow the links to see it in Feishu.",
            ],
        },
        1_160_101 => FailureWords {
            zh: ["平台不接受读取表单的参数。", "流程可能已不存在。", "请刷新;仍不行请打开链接查看。"],
            en: [
                "The platform does not accept how the form was asked for.",
                "The process may no longer exist.",
                "Refresh; if that fails, follow the links.",
            ],
        },
        1_161_003 => FailureWords {
            zh: [
                "没有权限读取这个表单。",
                "应用可能缺少权限 corehr:process:read(获取流程数据)。",
                "请应用管理员在开发者后台开通并发布版本;在此之前可打开链接查看。",
            ],
            en: [
                "There is no permission to read this form.",
                "The app may lack the scope corehr:process:read (获取流程数据).",
                "Ask the app's administrator to add it in the developer console; until then follow the links.",
            ],
        },
        _ => return None,
    })
}

fn update(code: i64) -> Option<FailureWords> {
    Some(match code {
        1_161_001 => FailureWords {
            zh: [
                "该审批已被处理。",
                "其他人已处理,或你已在飞书中处理过;这次操作没有采用。",
                "请刷新,查看是谁、何时、以什么意见处理的。",
            ],
            en: [
                "This task has been handled already.",
                "Somebody else did, or you did in Feishu; this decision was not used.",
                "Refresh to see who did it, when and with which opinion.",
            ],
        },
        1_161_002 => FailureWords {
            zh: [
                "平台不接受这次提交。",
                "任务或操作人与平台的记录对不上。",
                "请刷新后再试;仍不行请打开链接在飞书中处理。",
            ],
            en: [
                "The platform does not accept this decision.",
                "The task or the operator do not agree with its records.",
                "Refresh and try again; if that fails, follow the links and decide in Feishu.",
            ],
        },
        1_161_003 => FailureWords {
            zh: [
                "没有权限处理这条审批。",
                "配置的操作人不是它的审批人,或应用缺少权限 corehr:process.instance:write(通过/拒绝审批任务)。",
                "请检查 operator_id;权限请应用管理员在开发者后台开通并发布版本。",
            ],
            en: [
                "There is no permission to decide on this task.",
                "The configured operator is not its approver, or the app lacks the scope corehr:process.instance:write (通过/拒绝审批任务).",
                "Check operator_id; the app's administrator adds the scope in the developer console.",
            ],
        },
        1_161_004 => FailureWords {
            zh: [
                "表单没能自动提交。",
                "多半有必填项没有填写,或填写的内容不合要求。",
                "请打开链接,在飞书中补全表单并处理。",
            ],
            en: [
                "The form could not be submitted by itself.",
                "A mandatory field is probably empty or wrong.",
                "Follow the links, complete the form in Feishu and decide there.",
            ],
        },
        1_161_005 => FailureWords {
            zh: ["审批状态刚刚更新了。", "单据在你操作期间有变化,这次操作没有采用。", "请刷新,看过变化后再决定。"],
            en: [
                "The task has just changed its state.",
                "The case moved on meanwhile; this decision was not used.",
                "Refresh, look at the change and decide again.",
            ],
        },
        _ => return None,
    })
}

fn add_sign(code: i64) -> Option<FailureWords> {
    Some(match code {
        1_160_001 => FailureWords {
            zh: ["平台找不到操作人或所选的人。", "可能有人已离职,或不属于你的企业。", "请换人后再加签。"],
            en: [
                "The platform cannot find the operator or a chosen person.",
                "Somebody may have left, or is not of your organisation.",
                "Choose other people and try again.",
            ],
        },
        1_160_015 => FailureWords {
            zh: ["这个流程的审批已全部结束。", "没有进行中的任务可以加签。", "请刷新查看结果。"],
            en: [
                "All approvals of this process have ended.",
                "No open task is left to add approvers to.",
                "Refresh to see how it ended.",
            ],
        },
        1_160_016 => FailureWords {
            zh: ["这个审批节点已经结束。", "流程已到下一步,不能再给它加签。", "请刷新查看当前节点。"],
            en: [
                "This approval node has ended.",
                "The process has moved on; nobody can be added to it.",
                "Refresh to see where it is now.",
            ],
        },
        1_160_101 => FailureWords {
            zh: [
                "平台不接受这次加签。",
                "加签方式与人数不合规定,或任务已不在你手上。",
                "请刷新后重新选择加签方式和人。",
            ],
            en: [
                "The platform does not accept this add-sign.",
                "Position and people break a rule, or the task is not yours any more.",
                "Refresh, then choose position and people again.",
            ],
        },
        1_160_114 => FailureWords {
            zh: [
                "所选的人中有人已是这个节点的审批人。",
                "同一节点里不能重复加同一个人。",
                "请去掉此人,或换人后再加签。",
            ],
            en: [
                "A chosen person is an approver of this node already.",
                "Nobody can be added twice.",
                "Leave that person out, or choose somebody else.",
            ],
        },
        1_160_115 => FailureWords {
            zh: ["这个流程的加签不支持或签。", "它建得较早,只支持会签。", "请改选会签后再加签。"],
            en: [
                "Add-sign with \"any one\" is not supported by this process.",
                "It is an old one and knows \"all must agree\" only.",
                "Choose \"all must agree\" and try again.",
            ],
        },
        1_160_129 => FailureWords {
            zh: ["这条审批已经完成,不能再加签。", "你或其他人已经处理过它。", "请刷新查看处理结果。"],
            en: [
                "This approval is completed; nobody can be added any more.",
                "You or somebody else handled it.",
                "Refresh to see the result.",
            ],
        },
        1_160_256 => FailureWords {
            zh: ["这个节点不允许加签。", "这是流程的设置,换人也不行。", "可以改用转交,或请流程管理员修改设置。"],
            en: [
                "This node does not allow add-sign.",
                "It is a setting of the process; other people will not help.",
                "Transfer instead, or ask the process administrator to change the setting.",
            ],
        },
        1_161_003 => NOT_HANDLER_ADD,
        1_161_103 => FailureWords {
            zh: ["平台正在处理这条任务,加签没有执行。", "另一个操作还没有完成。", "请等几秒再加签一次。"],
            en: [
                "The task is being processed; the add-sign was not carried out.",
                "Another operation is not finished yet.",
                "Wait a few seconds and add again.",
            ],
        },
        _ => return None,
    })
}

const NOT_HANDLER_ADD: FailureWords = FailureWords {
    zh: [
        "没有权限给这个节点加签。",
        "你不是当前处理人,或应用缺少权限 corehr:process.instance:write(通过/拒绝审批任务)。",
        "请刷新确认当前处理人;权限请应用管理员在开发者后台开通。",
    ],
    en: [
        "There is no permission to add approvers here.",
        "You do not handle this node, or the app lacks the scope corehr:process.instance:write (通过/拒绝审批任务).",
        "Refresh to see who handles it; the app's administrator adds the scope in the developer console.",
    ],
};

fn transfer(code: i64) -> Option<FailureWords> {
    Some(match code {
        1_160_025 => FailureWords {
            zh: [
                "平台系统在转交时出现问题。",
                "是否已转交还不清楚,以单据上的处理人为准。",
                "请不要重复转交;刷新可再核实。",
            ],
            en: [
                "The platform's system had a problem with the transfer.",
                "Whether it took effect is not known; who handles the case now is what counts.",
                "Do not repeat it; refresh to check again.",
            ],
        },
        1_160_101 => FailureWords {
            zh: ["平台不接受这次转交。", "任务可能已经结束,或已不在你手上。", "请刷新确认后再转交。"],
            en: [
                "The platform does not accept this transfer.",
                "The task may have ended, or is not yours any more.",
                "Refresh and look before you transfer again.",
            ],
        },
        1_160_117 => FailureWords {
            zh: ["找不到要转交的人。", "此人可能已离职,或不属于你的企业。", "请换一个人转交。"],
            en: [
                "The person to receive it does not exist.",
                "They may have left, or are not of your organisation.",
                "Choose somebody else.",
            ],
        },
        1_160_221 => FailureWords {
            zh: ["流程已不在进行中,不能转交。", "它已完成、被拒绝或被撤回。", "请刷新查看结果。"],
            en: [
                "The process is no longer in progress and cannot be transferred.",
                "It was completed, rejected or withdrawn.",
                "Refresh to see how it ended.",
            ],
        },
        1_160_234 => FailureWords {
            zh: ["这个节点不支持转交。", "只有审批节点和表单节点可以转交。", "请自己处理,或打开链接在飞书中处理。"],
            en: [
                "This node cannot be transferred.",
                "Only approval and form nodes can.",
                "Decide yourself, or follow the links to Feishu.",
            ],
        },
        1_160_245 => FailureWords {
            zh: ["对方已经是这个节点的处理人。", "不用转交,对方也能处理。", "请换一个人,或等对方处理。"],
            en: [
                "That person handles this node already.",
                "They can decide without a transfer.",
                "Choose somebody else, or leave it to them.",
            ],
        },
        1_161_003 => FailureWords {
            zh: [
                "没有权限转交这条任务。",
                "你不是当前处理人,或应用缺少权限 corehr:process.instance:write(通过/拒绝审批任务)。",
                "请刷新确认当前处理人;权限请应用管理员在开发者后台开通。",
            ],
            en: [
                "There is no permission to transfer this task.",
                "You do not handle it, or the app lacks the scope corehr:process.instance:write (通过/拒绝审批任务).",
                "Refresh to see who handles it; the app's administrator adds the scope in the developer console.",
            ],
        },
        1_161_103 => FailureWords {
            zh: ["平台正在处理这条任务,转交没有执行。", "另一个操作还没有完成。", "请等几秒再转交一次。"],
            en: [
                "The task is being processed; the transfer was not carried out.",
                "Another operation is not finished yet.",
                "Wait a few seconds and transfer again.",
            ],
        },
        _ => return None,
    })
}

fn withdraw(code: i64) -> Option<FailureWords> {
    Some(match code {
        1_160_101 => FailureWords {
            zh: ["平台不接受这次撤回。", "找不到这个流程,或操作人信息不对。", "请刷新后再试。"],
            en: [
                "The platform does not accept this withdrawal.",
                "It does not find the process, or the operator is wrong.",
                "Refresh and try again.",
            ],
        },
        1_161_003 => FailureWords {
            zh: [
                "没有权限撤回这个流程。",
                "只有发起人、流程管理员和审批单管理员可以撤回;应用也可能缺少权限 corehr:process.instance:write(通过/拒绝审批任务)。",
                "请联系发起人或流程管理员。",
            ],
            en: [
                "There is no permission to withdraw this process.",
                "Only its initiator and administrators can; or the app lacks the scope corehr:process.instance:write (通过/拒绝审批任务).",
                "Ask the initiator or the process administrator.",
            ],
        },
        1_161_005 => FailureWords {
            zh: ["流程状态刚刚更新了,撤回没有执行。", "它可能已被撤回、撤销,或正在撤销。", "请刷新,看过状态后再决定。"],
            en: [
                "The process has just changed its state; it was not withdrawn.",
                "It may have been withdrawn or revoked already.",
                "Refresh, look at its state and decide again.",
            ],
        },
        1_161_006 => FailureWords {
            zh: ["审批已全部结束,不能撤回。", "流程已完成或已被拒绝。", "请刷新查看结果;已完成的流程可由管理员撤销。"],
            en: [
                "All approvals have ended; it cannot be withdrawn.",
                "The process was completed or rejected.",
                "Refresh to see how it ended; an administrator can revoke a completed one.",
            ],
        },
        _ => return None,
    })
}

fn revoke(code: i64) -> Option<FailureWords> {
    Some(match code {
        1_160_100 => FailureWords {
            zh: ["找不到要撤销的流程。", "它可能已被删除。", "请刷新列表。"],
            en: ["The process to be revoked does not exist.", "It may have been deleted.", "Refresh the list."],
        },
        1_160_101 => FailureWords {
            zh: ["平台不接受这次撤销。", "流程或操作人信息不对。", "请刷新后再试。"],
            en: [
                "The platform does not accept this revocation.",
                "The process or the operator is wrong.",
                "Refresh and try again.",
            ],
        },
        1_161_003 => FailureWords {
            zh: [
                "没有权限撤销这个流程。",
                "只有流程管理员和审批单管理员可以撤销,发起人也不行;应用也可能缺少权限 corehr:process.instance:write(通过/拒绝审批任务)。",
                "请联系流程管理员。",
            ],
            en: [
                "There is no permission to revoke this process.",
                "Only administrators can, not even its initiator; or the app lacks the scope corehr:process.instance:write (通过/拒绝审批任务).",
                "Ask the process administrator.",
            ],
        },
        1_161_007 => FailureWords {
            zh: ["这个流程不能撤销。", "只有已完成的流程可以撤销。", "请刷新查看流程状态;进行中的流程请用撤回。"],
            en: [
                "This process cannot be revoked.",
                "Only a completed one can.",
                "Refresh to see its state; a running one is withdrawn instead.",
            ],
        },
        _ => return None,
    })
}

fn look_ups(endpoint: Endpoint, code: i64) -> Option<FailureWords> {
    Some(match (endpoint, code) {
        (Endpoint::File, 1_160_001) => FailureWords {
            zh: ["平台找不到这个附件。", "它可能已被删除,或单据更新后换了附件。", "请刷新单据后再下载。"],
            en: [
                "The platform does not find this file.",
                "It may have been deleted, or replaced when the case changed.",
                "Refresh the case and download again.",
            ],
        },
        (Endpoint::EmployeesById, 1_160_104) => FailureWords {
            zh: [
                "应用不能查看其中一些员工。",
                "他们不在应用的数据范围内;姓名显示为 ID,不影响审批。",
                "如要显示姓名,请应用管理员在开发者后台扩大数据范围。",
            ],
            en: [
                "The app may not see some of these employees.",
                "They are outside its data range; their ids are shown, decisions are not affected.",
                "To see names, ask the app's administrator to widen the data range in the developer console.",
            ],
        },
        (Endpoint::Departments, 1_160_103) => FailureWords {
            zh: [
                "应用不能查看其中一些部门。",
                "它们不在应用的数据范围内;名称显示为 ID,不影响审批。",
                "如要显示名称,请应用管理员在开发者后台扩大数据范围。",
            ],
            en: [
                "The app may not see some of these departments.",
                "They are outside its data range; their ids are shown, decisions are not affected.",
                "To see names, ask the app's administrator to widen the data range in the developer console.",
            ],
        },
        (Endpoint::EmployeesById | Endpoint::Departments, 1_160_102) => FailureWords {
            zh: ["平台不接受查询名称的参数。", "名称暂时显示为 ID,不影响审批。", "可以稍后刷新。"],
            en: [
                "The platform does not accept how names were asked for.",
                "Ids are shown instead; decisions are not affected.",
                "Refresh later if you like.",
            ],
        },
        _ => return None,
    })
}
