// step: put


struct Params {
  n_32_x_b: i32, // 32*b
  in_past: i32,
  n_capacity: i32, // capacity
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> out0: array<f32>; // key [b, h=2, u=capacity, k=16]
@group(0) @binding(2) var<storage, read> in0: array<f32>; // key [b, h=2, u=1, k=16]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = i32(id.x + id.y * groups.x);
  let at = group * 64 + i32(lane);
  if (at >= p.n_32_x_b) { return; }
  let k_0 = at % 16;
  let i1 = at / 16;
  let v4 = in0[at];
  if (p.in_past >= 0 && p.in_past < p.n_capacity) {
    let i5 = (i1 * p.n_capacity + p.in_past) * 16 + k_0;
    out0[i5] = v4;
  }
}
