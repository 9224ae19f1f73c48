// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tw::expr {

/// Stable, and safe with comparisons that contradict themselves (authors write them, NaN causes
/// them), which std::stable_sort is not. `isBefore(a, b)`: a must stand before b.
template <typename T, typename IsBefore>
void mergeSort(std::vector<T> &items, IsBefore isBefore)
{
    std::vector<T> merged(items.size());
    for (std::size_t width = 1; width < items.size(); width *= 2) {
        for (std::size_t from = 0; from < items.size(); from += 2 * width) {
            const std::size_t middle = std::min(from + width, items.size());
            const std::size_t end = std::min(from + 2 * width, items.size());
            std::size_t left = from;
            std::size_t right = middle;
            for (std::size_t at = from; at < end; ++at) {
                const bool takeRight =
                    left == middle || (right < end && isBefore(items[right], items[left]));
                merged[at] = takeRight ? items[right++] : items[left++];
            }
        }
        items.swap(merged);
    }
}

} // namespace tw::expr
