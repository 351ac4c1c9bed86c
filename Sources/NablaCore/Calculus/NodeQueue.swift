/// A queue of nodes that wait for their adjoints. A node leaves it only when no waiting node can contain it.
struct NodeQueue {
  private var heap: [(height: Int, count: Int, serial: Int, node: Formula)] = []
  private var waiting: Set<Formula> = []
  private var serial = 0

  mutating func insert(_ node: Formula) {
    guard waiting.insert(node).inserted else { return }
    serial += 1
    heap.append((node.height, node.children.count, serial, node))
    var child = heap.count - 1
    while child > 0, precedes(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popLargest() -> Formula? {
    guard let last = heap.popLast() else { return nil }
    guard let first = heap.first else {
      waiting.remove(last.node)
      return last.node
    }
    heap[0] = last
    var parent = 0
    while true {
      var largest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(child, largest) {
        largest = child
      }
      if largest == parent { break }
      heap.swapAt(parent, largest)
      parent = largest
    }
    waiting.remove(first.node)
    return first.node
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    let (x, y) = (heap[a], heap[b])
    if x.height != y.height { return x.height > y.height }
    if x.count != y.count { return x.count > y.count }
    return x.serial < y.serial
  }
}
