// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Arena.h"

#include <algorithm>
#include <new>

namespace tw {
namespace {
constexpr std::size_t kLargestStep = 1u << 20;
constexpr std::size_t kLargestJoined = 16u << 20;
} // namespace

Arena::~Arena()
{
    for (const Block &block : m_blocks)
        ::operator delete(block.memory);
}

void *Arena::allocateSlowly(std::size_t bytes, std::size_t alignment)
{
    if (bytes > SIZE_MAX / 2)
        throw std::bad_alloc();
    const std::size_t size = std::max(m_nextBlock, bytes + alignment);
    m_closedBytes += m_cursor - m_blockStart;
    openBlock(size);
    m_nextBlock = std::min(std::max(m_nextBlock, size) * 2, std::max(kLargestStep, m_nextBlock));
    return allocate(bytes, alignment);
}

void Arena::openBlock(std::size_t size)
{
    auto *memory = static_cast<char *>(::operator new(size));
    m_blocks.push_back({memory, size});
    m_reserved += size;
    m_blockStart = m_cursor = reinterpret_cast<std::uintptr_t>(memory);
    m_end = m_cursor + size;
}

/// The next message is probably as large as this one: then one block serves all of it.
void Arena::joinBlocks()
{
    const std::size_t used = bytesUsed();
    for (const Block &block : m_blocks)
        ::operator delete(block.memory);
    m_blocks.clear();
    m_reserved = 0;
    openBlock(used + used / 16 + 64);
    m_closedBytes = 0;
}

void Arena::reset()
{
    if (m_blocks.empty())
        return;
    if (m_blocks.size() > 1 && m_reserved <= kLargestJoined) {
        joinBlocks();
        return;
    }
    const auto largest =
        std::max_element(m_blocks.begin(), m_blocks.end(),
                         [](const Block &a, const Block &b) { return a.size < b.size; });
    std::swap(*largest, m_blocks.front());
    for (std::size_t i = 1; i < m_blocks.size(); ++i)
        ::operator delete(m_blocks[i].memory);
    m_blocks.resize(1);
    m_reserved = m_blocks.front().size;
    m_closedBytes = 0;
    m_blockStart = m_cursor = reinterpret_cast<std::uintptr_t>(m_blocks.front().memory);
    m_end = m_cursor + m_reserved;
}

} // namespace tw
