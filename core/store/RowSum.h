// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_st;
struct evp_md_ctx_st;

namespace tw {

/// The checksum that each row of the journal carries: the first 16 bytes of SHA-256 over its fields
/// with their lengths. SQLite does not notice a flipped bit inside a value; this does.
class RowSum
{
public:
    RowSum();
    ~RowSum();
    std::string of(std::initializer_list<std::string_view> fields);
    /// The same in pieces.
    void begin();
    void add(std::string_view field);
    std::string end();

private:
    evp_md_st *m_digest;
    evp_md_ctx_st *m_context;
};

} // namespace tw
