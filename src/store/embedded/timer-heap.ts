/** A timer and when it may be handed out: at first when it is due, while claimed when the claim ends. */
export interface HeapTimer {
  readonly id: string;
  readonly name: string;
  dueAt: number;
  freeAt: number;
  /** Its place in the heap; kept by the heap. */
  index: number;
}

/** Timers ordered by `freeAt`: a binary heap whose members know their place, so that moving one costs O(log n). */
export class TimerHeap {
  readonly #timers: HeapTimer[] = [];

  get first(): HeapTimer | undefined {
    return this.#timers[0];
  }

  add(timer: HeapTimer): void {
    timer.index = this.#timers.length;
    this.#timers.push(timer);
    this.#rise(timer);
  }

  remove(timer: HeapTimer): void {
    const last = this.#timers.pop();
    if (last === undefined || last === timer) return;
    this.#place(last, timer.index);
    this.moved(last);
  }

  /** To be called after a change of `freeAt`. */
  moved(timer: HeapTimer): void {
    this.#rise(timer);
    this.#sink(timer);
  }

  #rise(timer: HeapTimer): void {
    while (timer.index > 0) {
      const parent = this.#at((timer.index - 1) >> 1);
      if (parent.freeAt <= timer.freeAt) return;
      this.#swap(timer, parent);
    }
  }

  #sink(timer: HeapTimer): void {
    for (
      let child = this.#earlierChild(timer);
      child !== undefined && child.freeAt < timer.freeAt;
      child = this.#earlierChild(timer)
    ) {
      this.#swap(timer, child);
    }
  }

  #earlierChild(timer: HeapTimer): HeapTimer | undefined {
    const left = this.#timers[2 * timer.index + 1];
    const right = this.#timers[2 * timer.index + 2];
    return right === undefined || (left !== undefined && left.freeAt <= right.freeAt) ? left : right;
  }

  #swap(one: HeapTimer, other: HeapTimer): void {
    const place = one.index;
    this.#place(one, other.index);
    this.#place(other, place);
  }

  #place(timer: HeapTimer, index: number): void {
    this.#timers[index] = timer;
    timer.index = index;
  }

  #at(index: number): HeapTimer {
    return this.#timers[index] as HeapTimer;
  }
}
