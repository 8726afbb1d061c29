// step: attention
// from main.neuro:31
//   contract f32[b, h=2, u]
//   mul f32[b, h=2, u]
//   attention f32[b, h=2, c=16]

struct Params {
  n_u: i32, // u
  n_2_x_b: i32, // 2*b
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> in0: array<f32>; // q [b, h=2, k=16]
@group(0) @binding(2) var<storage, read> in1: array<vec4<f32>>; // keys [b, h=2, u, k=16]
@group(0) @binding(3) var<storage, read> in2: array<f32>; // values [b, h=2, u, c=16]
@group(0) @binding(4) var<storage, read_write> out0: array<f32>; // y [b, h=2, c=16]
var<workgroup> queries: array<f32, 16>; // [row, k]
var<workgroup> scores: array<f32, 128>; // [row, key]
var<workgroup> row_parts: array<f32, 128>;
var<workgroup> row_most: array<f32, 1>;
var<workgroup> row_sum: array<f32, 1>;
var<workgroup> row_shrink: array<f32, 1>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = i32(id.x + id.y * groups.x);
  if (group >= p.n_2_x_b) { return; }
  let batch = group / 1;
  let first_row = group % 1 * 1;
  let rows = min(1, 1 - first_row);
  let column = i32(lane) % 16;
  let slice = i32(lane) / 16;
  var sum0_0 = 0f;
  for (var q = i32(lane); q < rows * 16; q += 128) {
    let row2 = first_row + q / 16;
    let k3 = q % 16;
    let i4 = batch * 16 + k3;
    let v5 = in0[i4];
    queries[q] = v5;
  }
  if (i32(lane) < rows) { row_most[lane] = -1e30f; row_sum[lane] = 0f; }
  workgroupBarrier();
  for (var start = 0; start < p.n_u; start += 128) {
    let own_key = start + i32(lane);
    var product0 = 0f;
    if (own_key < p.n_u) {
      for (var d = 0; d < 16; d += 4) {
        let i6 = (batch * p.n_u + own_key) * 16 + d;
        let v7 = in1[i6 / 4];
        product0 += dot(vec4f(queries[0 + d], queries[1 + d], queries[2 + d], queries[3 + d]), v7);
      }
    }
    scores[0 + i32(lane)] = product0;
    workgroupBarrier();
    for (var e = i32(lane); e < rows * 128; e += 128) {
      let row8 = first_row + e / 128;
      let key9 = start + e % 128;
      var score = -3e38f;
      if (key9 < p.n_u) {
        let v10 = (scores[e] * 0.25f);
        score = v10;
      }
      scores[e] = score;
    }
    workgroupBarrier();
    let own_row = i32(lane) / 16;
    let first_score = own_row * 128 + i32(lane) % 16;
    if (own_row < rows) {
      var most = -3e38f;
      for (var j = 0; j < 128; j += 16) { most = max(most, scores[first_score + j]); }
      row_parts[lane] = most;
    }
    workgroupBarrier();
    var largest = 0f;
    if (own_row < rows) {
      largest = row_most[own_row];
      for (var j = 0; j < 16; j++) { largest = max(largest, row_parts[own_row * 16 + j]); }
    }
    workgroupBarrier();
    if (own_row < rows) {
      var part = 0f;
      for (var j = 0; j < 128; j += 16) {
        let score = scores[first_score + j];
        let share = select(exp(score - largest), 0f, score < -2e38f);
        scores[first_score + j] = share;
        part += share;
      }
      row_parts[lane] = part;
    }
    workgroupBarrier();
    if (own_row < rows && i32(lane) % 16 == 0) {
      let shrink = exp(row_most[own_row] - largest);
      var total = row_sum[own_row] * shrink;
      for (var j = 0; j < 16; j++) { total += row_parts[own_row * 16 + j]; }
      row_sum[own_row] = total;
      row_shrink[own_row] = shrink;
      row_most[own_row] = largest;
    }
    workgroupBarrier();
    sum0_0 *= row_shrink[0];
    let end = min(128, p.n_u - start);
    for (var j = slice; j < end; j += 8) {
      let key11 = start + j;
      let i12 = (batch * p.n_u + key11) * 16 + column;
      let v13 = in2[i12];
      sum0_0 += scores[0 + j] * v13;
    }
    workgroupBarrier();
  }
  var sums_0 = array<f32, 1>(sum0_0);
  for (var r = 0; r < rows; r++) {
    row_parts[lane] = sums_0[r];
    workgroupBarrier();
    if (slice == 0) {
      var total = 0f;
      for (var j = 0; j < 128; j += 16) { total += row_parts[column + j]; }
      let value14 = total / max(row_sum[r], 1e-30f);
      let row15 = first_row + r;
      let i17 = batch * 16 + column;
      out0[i17] = value14;
    }
    workgroupBarrier();
  }
}
