// SPDX-License-Identifier: MIT
#include "connectors/transfer.hpp"

#include <cassert>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace nurture::connectors {

namespace {

enum class Verdict : std::uint8_t { none, go, no };

struct Waiting {
    Verdict verdict = Verdict::none;
    std::condition_variable answered;
};

class Threaded final : public Connector {
public:
    Threaded(std::string name, std::vector<std::unique_ptr<Transfer>> transfers, Gate& gate)
        : name_(std::move(name)),
          transfers_(std::move(transfers)),
          gate_(gate) {
        for (auto& transfer : transfers_)
            threads_.emplace_back([this, &transfer = *transfer] { work(transfer); });
    }
    ~Threaded() override { Threaded::stop(); }
    Threaded(const Threaded&) = delete;
    Threaded& operator=(const Threaded&) = delete;

    int capacity() const override { return static_cast<int>(transfers_.size()); }
    std::string name() const override { return name_; }

    void submit(Job job) override {
        {
            std::lock_guard lock(mutex_);
            queue_.push_back(std::move(job));
        }
        queued_.notify_one();
    }

    void release(JobId id, bool go) override {
        std::lock_guard lock(mutex_);
        auto found = waiting_.find(id);
        if (found == waiting_.end() || found->second->verdict != Verdict::none)
            return;  // gone meanwhile: its done() is on the way
        found->second->verdict = go ? Verdict::go : Verdict::no;
        found->second->answered.notify_one();
    }

    void close() override {
        std::deque<Job> dropped;
        {
            std::lock_guard lock(mutex_);
            stopping_ = true;
            dropped.swap(queue_);
            for (auto& [id, waiting] : waiting_)
                waiting->answered.notify_one();
        }
        queued_.notify_all();
        for (const Job& job : dropped)
            gate_.done(job.id, Outcome{.answer = Answer::refused});
    }

    void stop() override {
        Threaded::close();
        threads_.clear();  // joins
    }

private:
    class Asking final : public Permit {
    public:
        Asking(Threaded& owner, JobId id) : owner_(owner), id_(id) {}
        bool ask(std::chrono::seconds limit) override { return owner_.ask(id_, limit); }
        bool stopping() const override {
            std::lock_guard lock(owner_.mutex_);
            return owner_.stopping_;
        }

    private:
        Threaded& owner_;
        JobId id_;
    };

    bool ask(JobId id, std::chrono::seconds limit) {
        Waiting waiting;
        {
            std::lock_guard lock(mutex_);
            if (stopping_)
                return false;
            waiting_.emplace(id, &waiting);
        }
        gate_.ready(id);
        std::unique_lock lock(mutex_);
        waiting.answered.wait_for(lock, limit, [&] { return stopping_ || waiting.verdict != Verdict::none; });
        waiting_.erase(id);
        return waiting.verdict == Verdict::go;  // also when stop() came at the same moment: T2 is committed, so finish
    }

    void work(Transfer& transfer) {
        std::unique_lock lock(mutex_);
        while (true) {
            queued_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
            if (stopping_)
                return;
            Job job = std::move(queue_.front());
            queue_.pop_front();
            lock.unlock();
            Asking permit(*this, job.id);
            gate_.done(job.id, transfer.run(job, permit));
            lock.lock();
        }
    }

    const std::string name_;
    const std::vector<std::unique_ptr<Transfer>> transfers_;
    Gate& gate_;

    mutable std::mutex mutex_;  // guards the four below
    std::condition_variable queued_;
    std::deque<Job> queue_;
    std::map<JobId, Waiting*> waiting_;
    bool stopping_ = false;

    std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace

std::unique_ptr<Connector> make_threaded(std::string name, std::vector<std::unique_ptr<Transfer>> transfers,
                                         Gate& gate) {
    return std::make_unique<Threaded>(std::move(name), std::move(transfers), gate);
}

}  // namespace nurture::connectors
