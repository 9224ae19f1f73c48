// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/CallReport.h"

#include "core/connector/Step.h"

namespace tw {

CallReport callReportOf(const Error &error)
{
    CallReport report;
    report.retryAfter = error.retryAfter;
    report.why = error.message;
    if (error.kind == ErrorKind::Auth)
        report.health = CallReport::Health::SignedOut;
    else if (error.cause == ErrorCause::RateLimit)
        report.health = CallReport::Health::TooMany;
    else if (error.kind == ErrorKind::Transient && error.cause == ErrorCause::Other)
        report.health = CallReport::Health::NoAnswer;
    return report;
}

CallReport callReportOf(const StepAnswer &answer)
{
    return answer.kind == StepAnswer::Kind::Failed ? callReportOf(answer.error) : CallReport();
}

} // namespace tw
