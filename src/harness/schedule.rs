//! Who runs when.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

/// Does something for each of these, in their order, side by side: by all processors, or by so many at a time. The
/// results come in the order in which they happen to be done.
///
/// A backend that lets in so many at a time makes the others wait. Threads of rayon must not wait so: one that holds a
/// session may take up another task while it looks for work, and wait for itself.
pub(super) fn each<T: Send>(order: &[usize], at_once: Option<usize>, run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let Some(workers) = at_once else {
        return order.par_iter().with_max_len(1).map(|n| run(*n)).collect();
    };
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(order.len()));
    std::thread::scope(|scope| {
        for _ in 0..workers.clamp(1, order.len().max(1)) {
            scope.spawn(|| {
                while let Some(n) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = run(*n);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push(result);
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_done_once() {
        for at_once in [None, Some(1), Some(3), Some(100)] {
            let mut got = each(&[4, 2, 9], at_once, |n| n);
            got.sort_unstable();
            assert_eq!(got, [2, 4, 9]);
        }
        assert_eq!(each(&[4, 2, 9], Some(1), |n| n), [4, 2, 9]);
        assert!(each(&[], Some(2), |n| n).is_empty());
    }
}
