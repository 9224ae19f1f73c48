// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/LogIds.h"

namespace tw::log {
namespace {

thread_local constinit Ids::Known t_known;

void replace(std::string_view &known, std::string_view more)
{
    if (!more.empty())
        known = more;
}

} // namespace

Ids::Ids(const Known &more) : m_before(t_known)
{
    replace(t_known.flow, more.flow);
    replace(t_known.run, more.run);
    replace(t_known.step, more.step);
    replace(t_known.delivery, more.delivery);
}

Ids::~Ids()
{
    t_known = m_before;
}

const Ids::Known &Ids::current()
{
    return t_known;
}

} // namespace tw::log
