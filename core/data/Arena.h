// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace tw {

/// Memory of one message: grows by blocks, is freed as a whole, never runs destructors.
///
/// What it hands out lives as long as the arena. Not thread-safe while it grows; read-only use of
/// finished values from any thread is fine. bytesUsed() is the figure that budgets look at.
class Arena
{
public:
    explicit Arena(std::size_t firstBlock = 2048) : m_nextBlock(firstBlock) {}
    ~Arena();
    Arena(const Arena &) = delete;
    Arena &operator=(const Arena &) = delete;

    void *allocate(std::size_t bytes, std::size_t alignment = alignof(std::uint64_t))
    {
        const auto at =
            (m_cursor + (alignment - 1)) & ~(static_cast<std::uintptr_t>(alignment) - 1);
        if (at + bytes > m_end || at + bytes < at)
            return allocateSlowly(bytes, alignment);
        m_cursor = at + bytes;
        return reinterpret_cast<void *>(at);
    }

    template <typename T>
    T *allocateArray(std::size_t count)
    {
        return static_cast<T *>(allocate(count * sizeof(T), alignof(T)));
    }

    std::string_view copy(std::string_view text)
    {
        if (text.empty())
            return {};
        auto *to = static_cast<char *>(allocate(text.size(), 1));
        std::memcpy(to, text.data(), text.size());
        return {to, text.size()};
    }

    /// Forgets everything but keeps, or has ready, one block for the next message.
    void reset();
    std::size_t bytesUsed() const { return m_closedBytes + (m_cursor - m_blockStart); }
    std::size_t bytesReserved() const { return m_reserved; }

private:
    struct Block
    {
        char *memory;
        std::size_t size;
    };
    void openBlock(std::size_t size);
    void joinBlocks();
    void *allocateSlowly(std::size_t bytes, std::size_t alignment);

    std::uintptr_t m_cursor = 0;
    std::uintptr_t m_end = 0;
    std::uintptr_t m_blockStart = 0;
    std::size_t m_nextBlock;
    std::size_t m_closedBytes = 0;
    std::size_t m_reserved = 0;
    std::vector<Block> m_blocks;
};

} // namespace tw
