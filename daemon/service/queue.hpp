// SPDX-License-Identifier: MIT
//
// The one way from other threads to the loop thread: put() something and the loop's poll wakes up. Many threads put,
// the loop thread takes. Never blocks longer than a push.
#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace nurture::service {

/// An eventfd that a poll() can wait for. wake() from any thread; fd(), clear() by the loop thread.
class Waker {
public:
    Waker();
    ~Waker();
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;
    void wake();
    void clear();
    int fd() const { return fd_; }

private:
    int fd_;
};

template<class T>
class Queue {
public:
    explicit Queue(Waker& waker) : waker_(waker) {}

    void put(T item) {
        {
            const std::lock_guard lock(mutex_);
            items_.push_back(std::move(item));
        }
        waker_.wake();
    }

    std::vector<T> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(items_, {});
    }

private:
    Waker& waker_;
    std::mutex mutex_;
    std::vector<T> items_;
};

}  // namespace nurture::service
