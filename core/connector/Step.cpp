// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/Step.h"

#include <utility>

namespace tw {

LoopFrame::LoopFrame(std::int64_t index, std::int64_t total, DocumentPtr parent,
                     std::shared_ptr<const LoopFrame> outer)
    : m_parent(std::move(parent)), m_outer(std::move(outer))
{
    // Values of other documents are pointed to, not copied: the members keep them alive.
    ObjectBuilder words(m_words.arena());
    words.set("index", Value::integer(index));
    words.set("total", Value::integer(total));
    words.set("parent", m_parent->root());
    if (m_outer)
        words.set("outer", m_outer->words());
    m_words.setRoot(words.finish());
}

StepReply::~StepReply()
{
    if (m_sink)
        fail(internalError("connector.no_answer", "The step ended without an answer. Report this."));
}

void StepReply::emit(std::string exit, DocumentPtr message, std::string note)
{
    emit({StepAnswer::Output{std::move(exit), std::move(message)}}, std::move(note));
}

void StepReply::emit(std::vector<StepAnswer::Output> outputs, std::string note)
{
    StepAnswer result;
    result.kind = StepAnswer::Kind::Emitted;
    result.outputs = std::move(outputs);
    result.note = std::move(note);
    answer(std::move(result));
}

void StepReply::alone()
{
    StepAnswer result;
    result.kind = StepAnswer::Kind::Alone;
    answer(std::move(result));
}

void StepReply::drop(std::string note)
{
    StepAnswer result;
    result.kind = StepAnswer::Kind::Dropped;
    result.note = std::move(note);
    answer(std::move(result));
}

void StepReply::fail(Error error)
{
    StepAnswer result;
    result.kind = StepAnswer::Kind::Failed;
    result.error = std::move(error);
    answer(std::move(result));
}

void StepReply::park(Question question)
{
    StepAnswer result;
    result.kind = StepAnswer::Kind::Parked;
    result.question = std::move(question);
    answer(std::move(result));
}

void StepReply::later(Instant at, std::string note)
{
    StepAnswer result;
    result.kind = StepAnswer::Kind::Later;
    result.until = at;
    result.note = std::move(note);
    answer(std::move(result));
}

void StepReply::hold(std::string key, std::optional<Instant> until, bool atOnce)
{
    StepAnswer result;
    result.kind = StepAnswer::Kind::Held;
    result.key = std::move(key);
    result.until = until;
    result.atOnce = atOnce;
    answer(std::move(result));
}

void StepReply::loop(std::vector<StepAnswer::Output> elements, int parallel)
{
    StepAnswer result;
    result.kind = StepAnswer::Kind::Loop;
    result.outputs = std::move(elements);
    result.parallel = parallel;
    answer(std::move(result));
}

void StepReply::answer(StepAnswer result)
{
    if (auto sink = std::exchange(m_sink, nullptr))
        sink(std::move(result));
}

void Step::lookUp(const StepCall &, StepReply reply)
{
    reply.fail(internalError("connector.no_look_up", "This step cannot look up what it did."));
}

std::string Step::batchKey(const StepCall &) const
{
    return {};
}

void Step::processBatch(const std::vector<StepCall> &calls, std::vector<StepReply> replies)
{
    for (std::size_t at = 0; at < calls.size(); ++at)
        process(calls[at], std::move(replies[at]));
}

void Step::release(const std::vector<HeldItem> &, StepReply reply)
{
    reply.fail(internalError("connector.no_release", "This step cannot release what it holds."));
}

void Step::finish(const StepCall &, const LoopCounts &, StepReply reply)
{
    reply.fail(internalError("connector.no_finish", "This step cannot finish a loop."));
}

} // namespace tw
